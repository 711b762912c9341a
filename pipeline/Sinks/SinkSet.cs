using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>The running sinks of the configuration, their metrics and their place in the picture. Sinks that a reload does not change run on.</summary>
internal sealed partial class SinkSet : IDisposable
{
    private readonly string _dataPath;
    private readonly Tsdb _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile LakeSink[] _lakes = [];

    public SinkSet(string dataPath, Tsdb store, TimeProvider time, Meter meter, ILogger logger)
    {
        (_dataPath, _store, _time, _logger) = (dataPath, store, time, logger);
        Counter(meter, "streamline_lake_blocks_total", "Blocks brought into the lake.", c => c.Blocks);
        Counter(meter, "streamline_lake_rows_total", "Rows written into the lake's table.", c => c.Rows);
        Counter(meter, "streamline_lake_files_total", "Files written into the lake's table.", c => c.Files);
        Counter(meter, "streamline_lake_file_bytes_total", "Bytes of those files.", c => c.Bytes);
        Counter(meter, "streamline_lake_dropped_blocks_total", "Blocks given up because the outbox was full.", c => c.Dropped);
        Counter(meter, "streamline_lake_failures_total", "Attempts that failed and are repeated.", c => c.Failures);
        Gauge(meter, "streamline_lake_pending_blocks", "Blocks in the outbox.", c => c.PendingBlocks);
        Gauge(meter, "streamline_lake_pending_bytes", "Bytes in the outbox.", c => c.PendingBytes);
        meter.CreateObservableGauge("streamline_lake_newest_timestamp_seconds", () => _lakes.Select(l => new Measurement<double>(l.Counts.NewestMs / 1000.0, TagOf(l))), description: "End of the newest block brought into the lake since start.");
    }

    /// <summary>Starts what is new, stops what is gone or changed.</summary>
    public void Apply(IReadOnlyList<SinkConfig> sinks)
    {
        var wanted = sinks.Where(s => s.Parquet is not null).ToList();
        var old = _lakes;
        var next = wanted.Select(sink => Array.Find(old, l => IsSame(l.Config, sink)) ?? new LakeSink(sink, _dataPath, _store, _time, _logger)).ToArray();
        foreach (var gone in old.Except(next)) gone.Dispose();
        _lakes = next;
        foreach (var added in next.Except(old)) added.Start();
        WarnOfOrphans(wanted);
    }

    public void Describe(List<NodeStatus> nodes, List<EdgeStatus> edges)
    {
        foreach (var lake in _lakes)
        {
            var counts = lake.Counts;
            string id = GraphPlan.SinkId(lake.Config.Name);
            var details = new Dictionary<string, string>
            {
                ["path"] = lake.Config.Parquet!.Path,
                ["pending blocks"] = $"{counts.PendingBlocks}",
                ["rows"] = $"{counts.Rows}",
                ["files"] = $"{counts.Files}",
            };
            if (counts.LastError is { } error) details["error"] = error;
            nodes.Add(new(id, lake.Config.Kind, "", lake.Config.Name, details));
            var dropped = counts.Dropped > 0 ? new Dictionary<string, long> { ["backlog"] = counts.Dropped } : [];
            edges.Add(new($"{GraphPlan.BlocksId}->{id}", GraphPlan.BlocksId, id, counts.Blocks, counts.Rows, counts.PendingBlocks, 0, 0, dropped));
        }
    }

    public void Dispose()
    {
        foreach (var lake in _lakes) lake.Dispose();
        _lakes = [];
    }

    private static bool IsSame(SinkConfig left, SinkConfig right) => left.Name == right.Name && ConfigPrinter.AreSame(left, right);

    private static KeyValuePair<string, object?> TagOf(LakeSink lake) => new("sink", lake.Config.Name);

    private void Counter(Meter meter, string name, string help, Func<LakeCounts, long> value) =>
        meter.CreateObservableCounter(name, () => _lakes.Select(l => new Measurement<long>(value(l.Counts), TagOf(l))), description: help);

    private void Gauge(Meter meter, string name, string help, Func<LakeCounts, long> value) =>
        meter.CreateObservableGauge(name, () => _lakes.Select(l => new Measurement<long>(value(l.Counts), TagOf(l))), description: help);

    // The blocks of a sink that was taken out of the configuration keep their disk space until someone decides.
    private void WarnOfOrphans(List<SinkConfig> sinks)
    {
        string outbox = Path.Combine(_dataPath, "streamline", "outbox");
        if (!Directory.Exists(outbox)) return;
        var known = sinks.Select(s => LakeOutbox.FolderOf(s.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (string folder in Directory.EnumerateDirectories(outbox).Where(f => !known.Contains(Path.GetFileName(f)) && Directory.EnumerateDirectories(f).Any()))
            LogOrphan(folder);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} holds blocks for a sink that is not configured any more; delete it if they are not wanted")]
    private partial void LogOrphan(string folder);
}
