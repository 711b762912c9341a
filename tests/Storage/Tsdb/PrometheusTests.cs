using static Streamline.Storage.Tests.RealPrometheus;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

/// <summary>The real Prometheus judges directories that we wrote, and we read one that it wrote.</summary>
public sealed class PrometheusTests
{
    [Fact]
    public async Task Promtool_DumpsOurLogCheckpointAndBlocks()
    {
        Assert.SkipUnless(File.Exists(Promtool), "promtool is not installed (apt install prometheus)");
        using var s = new Scenario(o => o with { WalSegmentBytes = 32 << 10 });
        for (long t = 0; t < 8 * Hour; t += 5_000)
            s.Commit(("a,x=1", Start + t, Math.Sin(t)), ($"long,pad={new string('p', 300)}", Start + t, t), ("b,e=caf\u00e9", Start + t, -0.0));
        s.Db.Maintain();
        s.Commit(("a,x=1", Start + 8 * Hour, double.PositiveInfinity), ("late", Start + 8 * Hour, double.NaN));
        Assert.NotEmpty(Directory.GetDirectories(s.Wal));
        Assert.NotEmpty(s.Db.Blocks);
        var expected = Lines(s.Db);
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));
    }

    [Fact]
    public async Task Streamline_OpensWhatPrometheusWrote()
    {
        Assert.SkipUnless(File.Exists(Prometheus) && File.Exists(Promtool), "prometheus is not installed (apt install prometheus)");
        using var s = new Scenario();
        s.Db.Dispose();
        await RunPrometheusUntilItHasScraped(s.Options.Path);
        var expected = await Dump(s.Options.Path);
        Assert.True(expected.Count > 500, $"{expected.Count} samples only");
        s.Open();
        AssertSame(expected, Lines(s.Db));
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal) && !l.Contains("histogram", StringComparison.Ordinal));
        s.Commit(("ours", s.Db.Status(1).MaxTimeMs, 1));
        expected = Lines(s.Db);
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));
    }

    [Fact]
    public async Task Prometheus_ReadsOurHeadChunks_AndWeReadItsOwn()
    {
        Assert.SkipUnless(File.Exists(Prometheus) && File.Exists(Promtool), "prometheus is not installed (apt install prometheus)");
        using var s = new Scenario();
        for (long t = 0; t < 700; t++)
            s.Commit(("a,x=1", Start + t * 15_000, Math.Sin(t)), ("a,x=2", Start + t * 15_000, t), ("b", Start + t * 15_000, t % 9 == 0 ? double.NaN : 1e6 * t));
        s.Db.Maintain();
        var expected = Lines(s.Db);
        long chunks = s.Head.ChunkCount;
        string folder = Path.Combine(s.Options.Path, "chunks_head");
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));

        // Its server takes our files as they are: nothing corrupt, the same number of chunks, and after its end the same samples.
        string metrics = await RunPrometheus(s.Options.Path, "global: {}\n", "metrics", answer => answer.Contains($"prometheus_tsdb_head_chunks {chunks}\n", StringComparison.Ordinal));
        Assert.Contains("prometheus_tsdb_mmap_chunk_corruptions_total 0\n", metrics, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(folder));
        s.Open();
        AssertSame(expected, Lines(s.Db));
        s.Crash();

        // Without them it makes its own while it replays our log; we take those.
        Directory.Delete(folder, recursive: true);
        await RunPrometheus(s.Options.Path, "global: {}\n", "-/ready", _ => true);
        Assert.NotEmpty(Directory.GetFiles(folder));
        s.Log.Clear();
        s.Open();
        AssertSame(expected, Lines(s.Db));
        Assert.Equal(0, s.Head.Counters.MappedCorruptions.Value);
        Assert.True(s.Head.ChunkFiles!.StoredBytes > 3_000);
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
        s.Commit(("a,x=1", Start + 700 * 15_000, 1));
        expected = Lines(s.Db);
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));
    }
}
