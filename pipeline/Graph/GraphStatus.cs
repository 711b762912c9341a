namespace Streamline.Pipeline;

/// <summary>The picture of the dataflow graph at one moment: boxes and arrows with their counters since start.</summary>
public sealed record GraphStatus(IReadOnlyList<NodeStatus> Nodes, IReadOnlyList<EdgeStatus> Edges);

/// <summary>A box: a source, a stage, the appender, or what follows the commit.</summary>
/// <param name="Id">Unique in the graph and stable over reloads while its configuration stays.</param>
/// <param name="Kind">scrape, host, self, push, remote_write, relabel, limit, append, rules, dispatch, notify, head, lake ...</param>
/// <param name="Pipeline">The pipeline's name; empty for what all pipelines share.</param>
/// <param name="Name">What the box is called in the picture.</param>
/// <param name="Details">Facts for a person, by name.</param>
public sealed record NodeStatus(string Id, string Kind, string Pipeline, string Name, IReadOnlyDictionary<string, string> Details);

/// <summary>An arrow. All figures are totals since start but <paramref name="Queue"/>, the batches waiting now.</summary>
public sealed record EdgeStatus(
    string Id,
    string From,
    string To,
    long Batches,
    long Samples,
    int Queue,
    int Capacity,
    double BlockedSeconds,
    IReadOnlyDictionary<string, long> Dropped);
