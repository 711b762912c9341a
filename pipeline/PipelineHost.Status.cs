using System.Globalization;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>What the host shows of itself to the API.</summary>
public sealed partial class PipelineHost
{
    /// <summary>Labels of this server, given to whoever gets its series: <c>global.external_labels</c>.</summary>
    public IReadOnlyDictionary<string, string> ExternalLabels => _config.Global.ExternalLabels;

    /// <summary>The effective configuration as YAML, secrets masked.</summary>
    public string ConfigYaml => ConfigPrinter.Print(_config);

    /// <summary>Memory against its limit, and what is given up for it.</summary>
    public MemoryStatus Memory => _ladder.Status;

    /// <summary>How long samples are kept, ms; 0 is for ever.</summary>
    public long RetentionMs => RetentionMsOf(_options, _config.Storage.Tsdb.Retention);

    /// <summary>How much is kept, as Prometheus's status page says it: <c>15d or 1GiB</c>.</summary>
    public string RetentionText
    {
        get
        {
            var limits = Store.Retention;
            var parts = new List<string>();
            if (limits.TimeMs > 0) parts.Add(DurationText.Format(limits.TimeMs));
            if (limits.Percentage > 0) parts.Add(limits.Percentage.ToString("0.####", CultureInfo.InvariantCulture) + "%");
            else if (limits.Bytes > 0) parts.Add(SizeOf(limits.Bytes));
            return string.Join(" or ", parts);
        }
    }

    // As Prometheus's library writes it: every unit that there is something of.
    private static string SizeOf(long bytes)
    {
        string text = "";
        foreach (string unit in (string[])["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
        {
            if (bytes % 1024 > 0) text = (bytes % 1024).ToString(CultureInfo.InvariantCulture) + unit + text;
            bytes /= 1024;
        }
        return text;
    }

    /// <summary>Type, help and unit of the metric families that sources have told; null gives all.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<MetricMetadata>> Metadata(string? metric)
    {
        var all = new SortedDictionary<string, IReadOnlyList<MetricMetadata>>(StringComparer.Ordinal);
        foreach (var (family, list) in _metadata.Snapshot(metric)) all[family] = list;
        foreach (var host in _sources.All.Select(s => s.Source).OfType<Host.HostSource>())
        {
            foreach (var family in host.Families.Where(f => metric is null || f.Name == metric)) all.TryAdd(family.Name, [new MetricMetadata(family.MetadataType, family.Help, "")]);
        }
        if (_sources.Find<Ingest.SelfSource>() is null) return all;
        foreach (var (family, metadata) in _metrics.Families().Where(f => metric is null || f.Name == metric)) all.TryAdd(family, [metadata]);
        return all;
    }

    /// <summary>The dataflow graph with its counters.</summary>
    public GraphStatus Graph()
    {
        var nodes = new List<NodeStatus>();
        var edges = new List<EdgeStatus>();
        foreach (var running in _sources.All) nodes.Add(new(running.Id, running.Source.Kind, running.Pipeline, running.Source.Name, Details(running)));
        var sources = nodes.Select(n => n.Id).ToHashSet();
        foreach (var chain in Volatile.Read(ref _chains).Values) AddChain(chain, sources, nodes, edges);
        AddShared(nodes, edges);
        return new(nodes, edges);
    }

    /// <summary>The graph that a configuration file asks for, as Mermaid or DOT text, without running it.</summary>
    /// <exception cref="ConfigException">The file has errors.</exception>
    public static string GraphText(string configFile, bool mermaid)
    {
        var loaded = ConfigLoader.Load(configFile);
        if (!loaded.IsValid) throw new ConfigException(loaded.Errors);
        var plan = GraphPlan.Describe(loaded.Config!);
        return mermaid ? GraphPlan.ToMermaid(plan) : GraphPlan.ToDot(plan);
    }

    private IReadOnlyList<EdgeStatus> ChainEdges() => IsReady ? [.. Volatile.Read(ref _chains).Values.SelectMany(c => c.Entries.Concat(c.InnerEdges)).Select(e => e.Status())] : [];

    // Label stages do their work at the source, once per new series; in the picture every batch passes them, so their arrows share the counters of the
    // arrow that really carries the batch. What they dropped is shown once, on the arrows of the sources whose series it was.
    private static void AddChain(PipelineChain chain, HashSet<string> sources, List<NodeStatus> nodes, List<EdgeStatus> edges)
    {
        foreach (var box in chain.Boxes) nodes.Add(new(box.Id, box.Kind, chain.Name, box.Name, box.Details()));
        var labelBoxes = chain.Boxes.Where(b => !b.IsBatch).Select(b => b.Id).ToList();
        var entries = chain.Entries.Select(e => e.Status()).ToList();
        // A reload may have taken a source away; its samples still count in the arrows behind.
        foreach (var entry in entries.Where(e => sources.Contains(e.From))) edges.Add(labelBoxes.Count == 0 ? entry : entry with { Id = $"{entry.From}->{labelBoxes[0]}", To = labelBoxes[0] });
        if (labelBoxes.Count > 0 && entries.Count > 0)
        {
            var through = Sum(entries) with { Dropped = new Dictionary<string, long>() };
            for (int i = 0; i < labelBoxes.Count; i++)
            {
                string to = i + 1 < labelBoxes.Count ? labelBoxes[i + 1] : through.To;
                edges.Add(through with { Id = $"{labelBoxes[i]}->{to}", From = labelBoxes[i], To = to });
            }
        }
        edges.AddRange(chain.InnerEdges.Select(e => e.Status()));
    }

    private static EdgeStatus Sum(List<EdgeStatus> edges) => edges[0] with
    {
        Batches = edges.Sum(e => e.Batches),
        Samples = edges.Sum(e => e.Samples),
        BlockedSeconds = edges.Sum(e => e.BlockedSeconds),
    };

    private static Dictionary<string, string> Details(RunningSource running)
    {
        var details = new Dictionary<string, string> { ["pipeline"] = running.Pipeline };
        if (running.Config.Host is { } host) details["interval"] = Storage.DurationText.Format((long)host.Interval.TotalMilliseconds);
        if (running.Config.Self is { } self) details["interval"] = Storage.DurationText.Format((long)self.Interval.TotalMilliseconds);
        if (running.Config.Scrape is { } job) details["interval"] = Storage.DurationText.Format((long)job.ScrapeInterval.TotalMilliseconds);
        if (running.Source is Ingest.PushReceiver push) details["groups"] = $"{push.Groups}";
        return details;
    }

    private void AddShared(List<NodeStatus> nodes, List<EdgeStatus> edges)
    {
        nodes.Add(new(GraphPlan.AppendId, "append", "", "head + WAL", new Dictionary<string, string>
        {
            ["series"] = $"{Store.HeadSeries}",
            ["samples accepted"] = $"{_append.Accepted}",
            ["samples refused"] = $"{_append.Rejected}",
        }));
        nodes.Add(new(GraphPlan.BlocksId, "blocks", "", "blocks", new Dictionary<string, string> { ["blocks"] = $"{Store.Blocks.Count}" }));
        edges.Add(Plain(GraphPlan.AppendId, GraphPlan.BlocksId, 0, Store.Blocks.Sum(b => b.NumSamples)));
        AddRules(nodes, edges);
        AddSinks(nodes, edges);
    }

    private static EdgeStatus Plain(string from, string to, long batches, long samples) =>
        new($"{from}->{to}", from, to, batches, samples, 0, 0, 0, new Dictionary<string, long>());
}
