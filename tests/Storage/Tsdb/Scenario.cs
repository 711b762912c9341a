using System.Globalization;
using Streamline.Storage.Files;
using Streamline.Storage.Head;
using Streamline.Storage.Tests.Files;
using Streamline.Tests.Shared;

namespace Streamline.Storage.Tests;

/// <summary>A database in a directory of its own, that can be closed, crashed and opened again; samples are written and read by series text.</summary>
public sealed class Scenario : IDisposable
{
    public const long Hour = 3600_000, Start = 1_700_000_000_000 / (2 * Hour) * (2 * Hour);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamline-tsdb-");

    private readonly FailingFiles? _files;

    public Scenario(Func<TsdbOptions, TsdbOptions>? configure = null, bool failing = false)
    {
        Options = new TsdbOptions { Path = _directory.FullName, Time = new ManualTimeProvider(), Log = Note };
        if (failing) Options = Options with { Files = _files = new FailingFiles(_directory.FullName) };
        if (configure is not null) Options = configure(Options);
        Db = Tsdb.Open(Options);
    }

    // After each crash the lock file is found; MaintainTests look at that by itself.
    private void Note(TsdbLogLevel level, string text)
    {
        if (!text.Contains(TsdbLock.FileName + " was left behind", StringComparison.Ordinal)) Log.Add($"{level}: {text}");
    }

    public TsdbOptions Options { get; }

    public Tsdb Db { get; private set; }

    /// <summary>What fails when told to, in a scenario made with <c>failing</c>.</summary>
    internal FailingFiles Files => _files ?? throw new InvalidOperationException("a scenario on the real file system");

    public List<string> Log { get; } = [];

    internal HeadStore Head => Db.Head;

    public string Wal => Path.Combine(Options.Path, "wal");

    /// <summary>Segments, oldest first.</summary>
    public string[] Segments => [.. Directory.GetFiles(Wal).Order(StringComparer.Ordinal)];

    public static Labels Series(string text)
    {
        var builder = new LabelsBuilder();
        foreach (string pair in text.Split(','))
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length == 1) builder.Set("__name__", parts[0]);
            else builder.Set(parts[0], parts[1]);
        }
        return builder.Build();
    }

    public SeriesHandle Resolve(string series) => Db.Resolve(Series(series));

    public CommitResult Commit(params ReadOnlySpan<(string Series, long Time, double Value)> samples)
    {
        var batch = new SampleBatch("test");
        foreach (var (series, time, value) in samples) batch.Add(Resolve(series), time, value);
        var result = Db.Commit(batch);
        batch.Release();
        return result;
    }

    public Scenario Reopen()
    {
        Db.Dispose();
        Db = Tsdb.Open(Options);
        return this;
    }

    public Scenario Crash()
    {
        Db.Crash();
        return this;
    }

    public Scenario CrashAndReopen()
    {
        Crash();
        Db = Tsdb.Open(Options);
        return this;
    }

    public void Open(Func<TsdbOptions, TsdbOptions>? configure = null) => Db = Tsdb.Open(configure is null ? Options : configure(Options));

    internal void Open(DataFiles files) => Db = Tsdb.Open(Options with { Files = files });

    /// <summary>All samples of the matching series as lines <c>{labels} time=value …</c>, times relative to <see cref="Start"/>.</summary>
    public string[] Read(params LabelMatcher[] matchers) => Read(Db, TimeRange.All, matchers);

    public static string[] Read(ISampleStore store, TimeRange range, params LabelMatcher[] matchers)
    {
        using var set = store.Select(matchers, range, SelectHints.None);
        var lines = new string[set.Count];
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = set.LabelsAt(i).ToString();
            foreach (var (time, value) in Samples(set, i))
                lines[i] += string.Create(CultureInfo.InvariantCulture, $" {time - Start}={(StaleMarker.Is(value) ? "stale" : value)}");
        }
        return lines;
    }

    /// <summary>Read in large pieces, then again in small ones and in large ones, which come out of the decoded chunks where those are kept.</summary>
    public static List<(long Time, double Value)> Samples(SeriesSet set, int index)
    {
        var samples = Samples(set, index, 500);
        Assert.Equal(samples.Select(Bits), Samples(set, index, 7).Select(Bits));
        Assert.Equal(samples.Select(Bits), Samples(set, index, 500).Select(Bits));
        return samples;

        static (long, ulong) Bits((long Time, double Value) sample) => (sample.Time, BitConverter.DoubleToUInt64Bits(sample.Value));
    }

    private static List<(long Time, double Value)> Samples(SeriesSet set, int index, int piece)
    {
        var samples = new List<(long, double)>();
        var times = new long[piece];
        var values = new double[piece];
        using var cursor = set.Open(index);
        for (int read = cursor.Next(times, values); read > 0; read = cursor.Next(times, values))
        {
            for (int i = 0; i < read; i++) samples.Add((times[i], values[i]));
        }
        return samples;
    }

    public void Dispose()
    {
        Db.Dispose();
        _directory.Delete(recursive: true);
        if (Directory.Exists(_directory.FullName + FailingFiles.LostSuffix)) Directory.Delete(_directory.FullName + FailingFiles.LostSuffix, recursive: true);
    }
}
