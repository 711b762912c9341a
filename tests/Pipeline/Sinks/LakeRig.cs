using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Sinks;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Sinks;

/// <summary>A database whose blocks go into a lake that DuckDB reads. The thread is the test's.</summary>
internal sealed class LakeRig : IDisposable
{
    public const long Hour = 3600_000, Start = 1_700_000_000_000 / (2 * Hour) * (2 * Hour);

    private static readonly string[] Metrics = ["m0", "m1", "m2", "special"];

    private readonly string _folder;

    public LakeRig()
    {
        Assert.SkipUnless(DuckDb.IsInstalled, DuckDb.Reason);
        _folder = Directory.CreateTempSubdirectory("streamline-lake-").FullName;
        Store = Tsdb.Open(new TsdbOptions { Path = Data, Time = Time, RetentionMs = 1000 * Hour });
    }

    public ManualTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));

    public Tsdb Store { get; private set; }

    public string Data => Path.Combine(_folder, "data");

    public string Lake => Path.Combine(_folder, "lake");

    public string ConfigFile => Path.Combine(_folder, "pipeline.yaml");

    /// <summary>The sink "lake" as written in YAML, its own settings and those beside them.</summary>
    public LakeSink Sink(string settings = "", string beside = "")
    {
        File.WriteAllText(ConfigFile, $"sinks: {{lake: {{parquet: {{path: lake{settings}}}{beside}}}}}\n");
        var loaded = ConfigLoader.Load(ConfigFile);
        Assert.True(loaded.IsValid, string.Join("\n", loaded.Errors));
        return new LakeSink(loaded.Config!.Sinks[0], Data, Store, Time, NullLogger.Instance);
    }

    /// <summary>Samples every minute of the given hours after <see cref="Start"/>: plain ones, and one series with every kind of special value.</summary>
    public LakeRig Write(double fromHour, double toHour)
    {
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, StaleMarker.Value, 0.1, StaleMarker.NormalNaN];
        for (long minute = (long)(fromHour * 60); minute < toHour * 60; minute++)
        {
            var batch = new SampleBatch("test");
            long time = Start + minute * 60_000;
            for (int s = 0; s < 20; s++)
                batch.Add(Store.Resolve(Labels.Of(("__name__", $"m{s % 3}"), ("job", s < 10 ? "node" : "web"), ("instance", $"h{s}"), ("date", $"d{s % 2}"))), time, minute * (s + 1));
            batch.Add(Store.Resolve(Labels.Of(("__name__", "special"), ("job", "ünï\"x"))), time, special[minute % special.Length]);
            Assert.Equal(21, Store.Commit(batch).Accepted);
            batch.Release();
        }
        return this;
    }

    /// <summary>Cuts what can be cut: of 7 hours two blocks of two hours, the rest stays in the head.</summary>
    public LakeRig Maintain()
    {
        // Names of blocks sort by time.
        Time.Advance(TimeSpan.FromSeconds(1));
        Store.Maintain();
        return this;
    }

    public void Reopen()
    {
        Store.Dispose();
        Store = Tsdb.Open(new TsdbOptions { Path = Data, Time = Time, RetentionMs = 1000 * Hour });
    }

    /// <summary>Samples of each metric as PromQL counts them, <c>name count</c>.</summary>
    public string[] PromqlCounts(long toHour = 1000)
    {
        using var engine = new QueryEngine(Store, new QueryEngineOptions { Time = Time });
        // Ranges are open on the left and closed on the right.
        long end = Start + toHour * Hour - 1;
        return [.. Metrics.Select(name =>
        {
            var result = engine.Instant(PromqlParser.Parse($"sum(count_over_time({name}[{toHour}h]))"), end, CancellationToken.None);
            return string.Create(CultureInfo.InvariantCulture, $"{name} {result.Series[0].Values.Span[0]}");
        })];
    }

    public string[] LakeCounts(string folder = "samples") => Query("SELECT name, count(*) FROM T GROUP BY name ORDER BY name", folder);

    public string[] Query(string sql, string folder = "samples") => DuckDb.Query(sql.Replace("FROM T", $"FROM read_parquet('{Lake}/{folder}/**/*.parquet', hive_partitioning = true)", StringComparison.Ordinal));

    public string[] Files(string folder = "samples") => Directory.Exists(Path.Combine(Lake, folder))
        ? [.. Directory.EnumerateFiles(Path.Combine(Lake, folder), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Path.Combine(Lake, folder), f)).Order(StringComparer.Ordinal)]
        : [];

    public string[] Outbox() => [.. Directory.EnumerateDirectories(Path.Combine(Data, "streamline", "outbox", "lake")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
