using Streamline.Storage.Snapshot;
using static Streamline.Storage.Tests.Histograms.HistogramSamples;

namespace Streamline.Storage.Tests.Upgrade;

/// <summary>
/// Data directories as earlier versions left them: <c>Fixtures/NAME.vN</c> for each version of each state file of ours under <c>streamline/</c>. Whoever raises a
/// version first runs <see cref="CurrentVersion_HasAFixture"/> with STREAMLINE_WRITE_FIXTURES=1 on the code that still writes the old one.
/// </summary>
public sealed class StateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("streamline-upgrade-").FullName;

    /// <summary>State files that storage writes, with the version that it writes now.</summary>
    private static readonly (string Name, int Version)[] StateFiles = [("head.snapshot", SnapshotFormat.Version)];

    public static TheoryData<string, int> Fixtures => new(StateFiles.SelectMany(f => Enumerable.Range(1, f.Version).Select(v => (f.Name, v))));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void CurrentVersion_HasAFixture()
    {
        foreach (var (name, version) in StateFiles)
        {
            string fixture = FixtureOf(name, version);
            if (Environment.GetEnvironmentVariable("STREAMLINE_WRITE_FIXTURES") == "1") Write(fixture);
            Assert.True(File.Exists(Path.Combine(fixture, "streamline", name)), $"{name} has version {version}, and there is no directory written with it: {fixture}");
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void EveryVersion_OpensWithAllThatItHeld(string name, int version)
    {
        string fixture = FixtureOf(name, version);
        Assert.True(Directory.Exists(fixture), $"version {version} of {name} was released, and there is no directory written with it: {fixture}");
        string with = CopyOf(fixture, "with"), without = CopyOf(fixture, "without");
        File.Delete(Path.Combine(without, "streamline", name));
        var log = new List<string>();
        using var upgraded = Tsdb.Open(new TsdbOptions { Path = with, MaxExemplars = 100, Log = (level, text) => log.Add($"{level}: {text}") });
        using var replayed = Tsdb.Open(new TsdbOptions { Path = without, MaxExemplars = 100 });
        string[] view = View(upgraded);
        Assert.True(view.Length >= 10 && view.All(line => line.Length > 100));
        Assert.Equal(View(replayed), view);
        bool isCurrent = StateFiles.Contains((name, version));
        Assert.Equal(isCurrent, log.Any(l => l.Contains("snapshot of the head read", StringComparison.Ordinal)));
        Assert.DoesNotContain(log, l => l.StartsWith("Warning", StringComparison.Ordinal) || l.StartsWith("Error", StringComparison.Ordinal));
    }

    // In the sources, since the one of a new version is written there: three folders above bin/Release/net10.0.
    private static string FixtureOf(string name, int version) => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "Upgrade", "Fixtures", $"{name}.v{version}"));

    private string CopyOf(string fixture, string name)
    {
        string target = Path.Combine(_directory, name);
        foreach (string file in Directory.GetFiles(fixture, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(fixture, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return target;
    }

    private static string[] View(Tsdb store)
    {
        using var set = store.Select([], TimeRange.All, SelectHints.None);
        return
        [
            .. Enumerable.Range(0, set.Count).Select(i => set.LabelsAt(i) + string.Concat(TextsOf(set, i))),
            .. store.Exemplars([[]], TimeRange.All).Select(e => e.Series + string.Concat(e.Exemplars.Select(x => FormattableString.Invariant($" {x.Labels} {x.Value} {x.TimestampMs}")))),
        ];
    }

    private static List<string> TextsOf(SeriesSet set, int index)
    {
        var texts = new List<string>();
        var times = new long[100];
        var values = new double[100];
        var histograms = new NativeHistogram[100];
        using var cursor = set.Open(index);
        for (int read; (read = cursor.Next(times, values)) > 0 || cursor.AtHistogram;)
        {
            for (int i = 0; i < read; i++) texts.Add(FormattableString.Invariant($" {times[i]}:{BitConverter.DoubleToInt64Bits(values[i]):x}"));
            if (read > 0) continue;
            read = cursor.NextHistograms(times, histograms);
            for (int i = 0; i < read; i++) texts.Add(FormattableString.Invariant($" {times[i]}:{Text(histograms[i])}"));
        }
        return texts;
    }

    /// <summary>Fills the directory of a version with some of all that a head holds.</summary>
    private static void Write(string fixture)
    {
        if (Directory.Exists(fixture)) Directory.Delete(fixture, recursive: true);
        using (var store = Tsdb.Open(new TsdbOptions { Path = fixture, MaxExemplars = 100, OutOfOrderWindowMs = Scenario.Hour }))
        {
            for (int step = 0; step < 150; step++)
            {
                var batch = new SampleBatch("fixture");
                for (int i = 0; i < 8; i++) batch.Add(store.Resolve(Scenario.Series($"m,i={i}")), Start + step * 15_000, Math.Sin(step * (i + 1)));
                batch.Add(store.Resolve(Scenario.Series("h_int")), Start + step * 15_000, Walk(1, step + 1, integer: true, calm: true)[step].Histogram);
                batch.Add(store.Resolve(Scenario.Series("h_float")), Start + step * 15_000, Walk(2, step + 1, integer: false, calm: true)[step].Histogram);
                batch.Add(store.Resolve(Scenario.Series("m,i=1")), new Exemplar(Scenario.Series($"trace_id,n={step}"), step, Start + step * 15_000));
                batch.Add(store.Resolve(Scenario.Series("m,i=2")), new SeriesMetadata("gauge", "seconds", $"help {step / 50}"));
                if (step % 20 == 19) batch.Add(store.Resolve(Scenario.Series("m,i=3")), Start + step * 10_000 + 1, -step);
                Assert.Null(store.Commit(batch).FirstError);
                batch.Release();
            }
        }
        File.Delete(Path.Combine(fixture, "lock"));
    }
}
