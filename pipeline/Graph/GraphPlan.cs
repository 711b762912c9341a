using System.Text;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Graph;

/// <summary>The graph as a configuration asks for it, without running it: names of boxes and arrows, and the text forms of <c>streamline graph</c>.</summary>
internal static class GraphPlan
{
    public const string AppendId = "append", RulesId = "rules", DispatchId = "dispatch", NotifyId = "notify", BlocksId = "blocks";

    public const string ScrapePipeline = "scrape", DefaultPipeline = "default";

    public static string SourceId(string pipeline, string kind, string name) => $"{pipeline}/{kind}/{name}";

    public static string StageId(string pipeline, StageConfig stage, int ordinal) => $"{pipeline}/{stage.Kind}/{(stage.Name.Length > 0 ? stage.Name : ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture))}";

    public static string StageName(StageConfig stage) => stage.Name.Length > 0 ? stage.Name : stage.Kind;

    /// <summary>The box behind a limit with <c>aggregate_away</c> that adds up what has become one series.</summary>
    public static (string Id, string Name) SumOf(string limitId, StageConfig limit) => (limitId + "/sum", StageName(limit) + " sum");

    public static string SinkId(string name) => "sink/" + name;

    /// <summary>
    /// All pipelines: the written ones, <c>scrape</c> with the top-level jobs, and <c>default</c> with the receivers that flags ask for and no
    /// pipeline names.
    /// </summary>
    public static IReadOnlyList<PipelineConfig> Pipelines(StreamlineConfig config, bool remoteWriteFlag = false, bool otlpFlag = false)
    {
        var pipelines = config.Pipelines.ToList();
        Feed(pipelines, ScrapePipeline, [.. config.ScrapeConfigs.Select(job => new SourceConfig { Scrape = job, Name = job.JobName })]);
        bool isNamed = pipelines.SelectMany(p => p.Sources).Any(s => s.RemoteWrite is not null);
        if (remoteWriteFlag && !isNamed) Feed(pipelines, DefaultPipeline, [new SourceConfig { RemoteWrite = new RemoteWriteSourceConfig(), Name = "remote_write" }]);
        bool hasOtlp = pipelines.SelectMany(p => p.Sources).Any(s => s.Otlp is not null);
        if (otlpFlag && !hasOtlp) Feed(pipelines, DefaultPipeline, [new SourceConfig { Otlp = new OtlpSourceConfig(), Name = "otlp" }]);
        return pipelines;
    }

    private static void Feed(List<PipelineConfig> pipelines, string name, IReadOnlyList<SourceConfig> sources)
    {
        if (sources.Count == 0) return;
        int at = pipelines.FindIndex(p => p.Name == name);
        if (at < 0) pipelines.Add(new PipelineConfig { Name = name, Sources = sources });
        else pipelines[at] = pipelines[at] with { Sources = [.. pipelines[at].Sources, .. sources] };
    }

    public static GraphStatus Describe(StreamlineConfig config, bool remoteWriteFlag = false)
    {
        var nodes = new List<NodeStatus>();
        var edges = new List<EdgeStatus>();
        foreach (var pipeline in Pipelines(config, remoteWriteFlag)) Describe(pipeline, nodes, edges);
        nodes.Add(Node(AppendId, "append", "", "head + WAL"));
        nodes.Add(Node(BlocksId, "blocks", "", "blocks"));
        edges.Add(Arrow(AppendId, BlocksId));
        if (config.RuleGroups.Count > 0)
        {
            nodes.Add(Node(RulesId, "rules", "", "live rules"));
            edges.Add(Arrow(AppendId, RulesId));
        }
        if (config.Alertmanager is not null)
        {
            nodes.Add(Node(DispatchId, "dispatch", "", "dispatch"));
            nodes.Add(Node(NotifyId, "notify", "", "notify"));
            if (config.RuleGroups.Count > 0) edges.Add(Arrow(RulesId, DispatchId));
            edges.Add(Arrow(DispatchId, NotifyId));
        }
        foreach (var sink in config.Sinks)
        {
            nodes.Add(Node(SinkId(sink.Name), sink.Kind, "", sink.Name));
            edges.Add(Arrow(BlocksId, SinkId(sink.Name)));
        }
        return new(nodes, edges);
    }

    public static string ToMermaid(GraphStatus graph)
    {
        var text = new StringBuilder("flowchart LR\n");
        foreach (var node in graph.Nodes) text.Append("  ").Append(Word(node.Id)).Append("[\"").Append(Label(node)).Append("\"]\n");
        foreach (var edge in graph.Edges) text.Append("  ").Append(Word(edge.From)).Append(" --> ").Append(Word(edge.To)).Append('\n');
        return text.ToString();
    }

    public static string ToDot(GraphStatus graph)
    {
        var text = new StringBuilder("digraph streamline {\n  rankdir=LR;\n  node [shape=box];\n");
        foreach (var node in graph.Nodes) text.Append("  \"").Append(Quoted(node.Id)).Append("\" [label=\"").Append(Label(node)).Append("\"];\n");
        foreach (var edge in graph.Edges) text.Append("  \"").Append(Quoted(edge.From)).Append("\" -> \"").Append(Quoted(edge.To)).Append("\";\n");
        return text.Append("}\n").ToString();
    }

    private static void Describe(PipelineConfig pipeline, List<NodeStatus> nodes, List<EdgeStatus> edges)
    {
        var boxes = Stages(pipeline);
        nodes.AddRange(boxes);
        string[] path = [.. boxes.Select(b => b.Id), AppendId];
        foreach (var source in pipeline.Sources)
        {
            string id = SourceId(pipeline.Name, source.Kind, source.Name);
            nodes.Add(Node(id, source.Kind, pipeline.Name, source.Name));
            edges.Add(Arrow(id, path[0]));
        }
        for (int i = 0; i + 1 < path.Length; i++) edges.Add(Arrow(path[i], path[i + 1]));
    }

    /// <summary>Boxes in the order that a batch meets them: stages on labels work at the source, before all stages on batches, wherever they are written.</summary>
    private static List<NodeStatus> Stages(PipelineConfig pipeline)
    {
        var onLabels = new List<NodeStatus>();
        var onBatches = new List<NodeStatus>();
        for (int i = 0; i < pipeline.Stages.Count; i++)
        {
            var stage = pipeline.Stages[i];
            string id = StageId(pipeline.Name, stage, i);
            (stage.IsOnLabels ? onLabels : onBatches).Add(Node(id, stage.Kind, pipeline.Name, StageName(stage)));
            if (stage.Limit is not { OnLimit: LimitAction.AggregateAway }) continue;
            var sum = SumOf(id, stage);
            onBatches.Add(Node(sum.Id, stage.Kind, pipeline.Name, sum.Name));
        }
        return [.. onLabels, .. onBatches];
    }

    private static NodeStatus Node(string id, string kind, string pipeline, string name) => new(id, kind, pipeline, name, new Dictionary<string, string>());

    private static EdgeStatus Arrow(string from, string to) => new($"{from}->{to}", from, to, 0, 0, 0, 0, 0, new Dictionary<string, long>());

    private static string Label(NodeStatus node) => Quoted(node.Kind == node.Name || node.Pipeline.Length == 0 ? node.Name : $"{node.Kind} {node.Name}");

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "'", StringComparison.Ordinal);

    private static string Word(string id) => string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
