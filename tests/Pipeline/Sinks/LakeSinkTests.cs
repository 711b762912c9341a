using Streamline.Pipeline.Sinks;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Sinks;

public sealed class LakeSinkTests : IDisposable
{
    private readonly LakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Blocks_AreInTheTableOnceInHourPartitions()
    {
        using var sink = _rig.Write(0, 7).Maintain().Sink();
        Assert.True(sink.RunOnce());
        Assert.Equal(2, _rig.Store.Blocks.Count);
        Assert.Equal(_rig.PromqlCounts(4), _rig.LakeCounts());
        Assert.Equal(_rig.Store.Blocks.SelectMany(b => new[] { 0, 1 }.Select(h => DateTimeOffset.FromUnixTimeMilliseconds(b.MinTimeMs + h * LakeRig.Hour).ToString($"'date='yyyy-MM-dd'/hour='HH'/{b.Ulid}.parquet'", System.Globalization.CultureInfo.InvariantCulture))), _rig.Files());
        Assert.Equal(["0"], _rig.Query("SELECT count(*) FROM T WHERE strftime(ts, '%Y-%m-%d') != date::VARCHAR OR hour(ts) != hour::INT"));
        Assert.Empty(_rig.Outbox());
        Assert.Equal((2, 0, 4), (sink.Counts.Blocks, sink.Counts.PendingBlocks, sink.Counts.Files));
    }

    [Fact]
    public void SpecialValues_AreCountedAsPromqlCountsThem()
    {
        using var sink = _rig.Write(0, 7).Maintain().Sink();
        sink.RunOnce();
        // 240 minutes in turns of seven kinds, one of them the stale marker.
        Assert.Equal(["206 69 35 34 34 0.1"], _rig.Query("SELECT count(*), count(*) FILTER (isnan(value)), count(*) FILTER (value = 'inf'), count(*) FILTER (value = '-inf'), count(*) FILTER (value = 0 AND signbit(value)), max(value) FILTER (isfinite(value)) FROM T WHERE name = 'special'"));
        Assert.Equal([$"{20 * 240} {Enumerable.Range(0, 240).Sum(m => m * 210L)} {LakeRig.Start} {LakeRig.Start + 239 * 60_000}"],
            _rig.Query("SELECT count(*), sum(value)::BIGINT, epoch_ms(min(ts)), epoch_ms(max(ts)) FROM T WHERE name LIKE 'm%'"));
    }

    [Fact]
    public void Labels_ArePromotedAndInTheMap()
    {
        using var sink = _rig.Write(0, 7).Maintain().Sink(", promote: [job, date]");
        sink.RunOnce();
        Assert.Equal(["d0 10 node,web", "d1 10 node,web", " 1 ünï\"x"], _rig.Query("SELECT coalesce(label_date, ''), count(DISTINCT series_id), string_agg(DISTINCT job, ',' ORDER BY job) FROM T GROUP BY label_date ORDER BY label_date NULLS LAST"));
        Assert.Equal(["0"], _rig.Query("SELECT count(*) FROM T WHERE labels['__name__'] IS DISTINCT FROM name OR labels['job'] IS DISTINCT FROM job OR labels['date'] IS DISTINCT FROM label_date"));
        Assert.Equal([$"{Labels.Of(("__name__", "m2"), ("job", "web"), ("instance", "h17"), ("date", "d1")).Hash}"], _rig.Query("SELECT DISTINCT series_id FROM T WHERE labels['instance'] = 'h17'"));
    }

    [Theory]
    [InlineData("started")]
    [InlineData("files")]
    [InlineData("manifest")]
    public void Killed_AtEachStep_GoesOnWithoutLossOrDoubles(string step)
    {
        _rig.Write(0, 7).Maintain();
        using (var killed = _rig.Sink())
        {
            killed.AtStep = reached =>
            {
                if (reached == step) throw new InvalidOperationException("killed");
            };
            Assert.False(killed.RunOnce());
            Assert.Equal(2, _rig.Outbox().Length);
        }
        // What a killed export may leave: other partitions, and a temporary file.
        string stray = Path.Combine(_rig.Lake, "samples", "date=1999-01-01", "hour=00", $"{_rig.Outbox()[0]}.parquet");
        if (step != "manifest")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(stray)!);
            File.WriteAllText(stray, "cut short");
        }
        using var sink = _rig.Sink();
        Assert.True(sink.RunOnce());
        Assert.Equal(_rig.PromqlCounts(4), _rig.LakeCounts());
        Assert.Empty(_rig.Outbox());
        Assert.Equal(4, _rig.Files().Length);
    }

    [Fact]
    public void NextBlocks_AreLinkedWhenTheyAreWritten_AndSurviveTheirDeletion()
    {
        _rig.Write(0, 7).Maintain();
        File.WriteAllText(_rig.Lake, "a file where the lake's folder should be");
        using var sink = _rig.Sink();
        Assert.False(sink.RunOnce());
        _rig.Store.BlockWritten += sink.OnBlockWritten;
        _rig.Write(7, 11).Maintain();
        Assert.Equal(4, _rig.Store.Blocks.Count);
        Assert.Equal(_rig.Store.Blocks.Select(b => b.Ulid).Order(StringComparer.Ordinal), _rig.Outbox());
        string[] counts = _rig.PromqlCounts(8);
        foreach (var block in _rig.Store.Blocks) Directory.Delete(block.Path, recursive: true);
        _rig.Maintain();
        Assert.Empty(_rig.Store.Blocks);
        File.Delete(_rig.Lake);
        Assert.True(sink.RunOnce());
        Assert.Equal(counts, _rig.LakeCounts());
    }

    [Fact]
    public void Exported_IsNotExportedAgain_NorWhatCompactionMadeOfIt()
    {
        _rig.Write(0, 7).Maintain();
        using (var first = _rig.Sink()) first.RunOnce();
        string[] files = _rig.Files();
        var source = _rig.Store.Blocks[0];
        string compacted = source.Ulid[..25] + (source.Ulid[25] == 'Z' ? 'Y' : 'Z');
        Directory.CreateDirectory(Path.Combine(_rig.Data, compacted, "chunks"));
        foreach (string file in Directory.GetFiles(source.Path, "*", SearchOption.AllDirectories)) File.Copy(file, file.Replace(source.Ulid, compacted, StringComparison.Ordinal));
        string meta = Path.Combine(_rig.Data, compacted, "meta.json");
        File.WriteAllText(meta, File.ReadAllText(meta).Replace($"\"ulid\": \"{source.Ulid}\"", $"\"ulid\": \"{compacted}\"", StringComparison.Ordinal).Replace("\"level\": 1", "\"level\": 2", StringComparison.Ordinal));
        _rig.Reopen();
        Assert.Equal(3, _rig.Store.Blocks.Count);
        using var second = _rig.Sink();
        Assert.True(second.RunOnce());
        Assert.Equal(0, second.Counts.Blocks);
        Assert.Equal(files, _rig.Files());
    }

    [Fact]
    public void MatchAndRelabel_ChooseAndRewriteSeries()
    {
        using var sink = _rig.Write(0, 7).Maintain().Sink("", ", match: ['{job=\"node\"}', 'special'], write_relabel_configs: [{action: drop, source_labels: [__name__], regex: m1}, {action: labeldrop, regex: instance}, {target_label: dc, replacement: eu}]");
        sink.RunOnce();
        Assert.Equal([$"m0 {240 * 4}", $"m2 {240 * 3}", "special 206"], _rig.LakeCounts());
        Assert.Equal(["eu 0"], _rig.Query("SELECT labels['dc'], count(instance) FROM T GROUP BY ALL"));
    }

    [Fact]
    public void Backlog_OverTheCap_LosesTheOldestAndSaysSo()
    {
        _rig.Write(0, 7).Maintain();
        File.WriteAllText(_rig.Lake, "in the way");
        using var sink = _rig.Sink(", max_backlog: 1KB");
        Assert.False(sink.RunOnce());
        string[] first = _rig.Outbox();
        Assert.Equal([_rig.Store.Blocks[0].Ulid], first);
        // The first name goes; then the next block pushes the second name out of the outbox.
        File.Delete(_rig.Lake);
        Directory.Delete(_rig.Store.Blocks[0].Path, recursive: true);
        _rig.Maintain();
        _rig.Store.BlockWritten += sink.OnBlockWritten;
        _rig.Write(7, 9).Maintain();
        Assert.Equal(1, sink.Counts.Dropped);
        Assert.DoesNotContain(first[0], _rig.Outbox());
        // One fits at a time; the next pass takes the next.
        for (int pass = 0; pass < 2; pass++) Assert.True(sink.RunOnce());
        Assert.DoesNotContain(_rig.Files(), f => f.Contains(first[0], StringComparison.Ordinal));
        Assert.Contains(first[0], File.ReadAllText(Path.Combine(_rig.Lake, "_manifest.jsonl")), StringComparison.Ordinal);
        Assert.Equal(2, new LakeManifest(_rig.Lake).Load().Entries.Count(e => e.Dropped is null));
    }
}
