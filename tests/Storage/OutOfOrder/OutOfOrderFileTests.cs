using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Wal;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.OutOfOrder;

/// <summary>Full chunks of late samples in head chunk files, and the markers that name them.</summary>
public sealed class OutOfOrderFileTests
{
    private static Scenario Window(int mapOutBytes = 1) => new(o => o with { OutOfOrderWindowMs = 8 * Hour, MapOutLateBytes = mapOutBytes, WalSegmentBytes = 64 << 10 });

    private static string ChunksOf(Scenario s) => Path.Combine(s.Options.Path, "chunks_head");

    /// <summary>Late samples of some series, each at a time of its own, in an order by chance.</summary>
    private static void Late(Scenario s, int count, int seed, int series = 3)
    {
        var random = new Random(seed);
        s.Commit(("newest", Start + 8 * Hour, seed));
        for (int i = 0; i < count; i++) s.Commit(($"late,i={random.Next(series)}", Start + random.NextInt64(6 * Hour), i));
    }

    private static int MappedOf(Scenario s)
    {
        int mapped = 0;
        foreach (var series in s.Head.CaptureOutOfOrder())
        {
            foreach (ref readonly var part in series.Parts)
            {
                if (part.IsMapped) mapped++;
            }
        }
        return mapped;
    }

    private static List<(ulong, ulong)> MarkersOf(Scenario s)
    {
        var markers = new List<(ulong, ulong)>();
        foreach (string path in Directory.GetFiles(Path.Combine(s.Options.Path, "wbl")).Order(StringComparer.Ordinal))
        {
            using var reader = new WalReader(DataFiles.Disk, path, Zstd.Installed);
            while (reader.Next(out var record))
            {
                if (RecordReader.TypeOf(record) != RecordType.MmapMarkers) continue;
                var entries = new RecordReader(record);
                while (entries.NextMarker(out ulong series, out ulong chunk)) markers.Add((series, chunk));
            }
        }
        return markers;
    }

    [Fact]
    public void FullChunks_GoToFiles_AndReadAsBefore_AfterAnyStart()
    {
        using var s = Window();
        Late(s, 1000, 1);
        string[] before = s.Read();
        int mapped = MappedOf(s);
        Assert.InRange(mapped, 1000 / 32 - 3, 1000 / 32);
        Assert.Equal(mapped, MarkersOf(s).Count);
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(mapped, MappedOf(s));
        Late(s, 200, 2);
        before = s.Read();
        mapped = MappedOf(s);
        Assert.Equal(before, s.Reopen().Read());
        Assert.Contains(s.Log, l => l.Contains("snapshot of the head read", StringComparison.Ordinal));
        Assert.Equal(mapped, MappedOf(s));
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(mapped, MappedOf(s));
    }

    [Fact]
    public void LargeLoad_TakesLittleMemory_WithTheUsualSizes()
    {
        using var s = Window(64 << 10);
        var random = new Random(5);
        s.Commit(("newest", Start + 8 * Hour, 1));
        var batch = new (string, long, double)[500];
        for (int n = 0; n < 400; n++)
        {
            for (int i = 0; i < batch.Length; i++) batch[i] = ($"late,i={i % 50}", Start + random.NextInt64(6 * Hour), random.NextDouble());
            s.Commit(batch);
        }
        // 200,000 samples of nine bytes; 64 KiB and a place of each chunk remain.
        Assert.InRange(s.Head.OutOfOrder.FinishedBytes, 200_000 / 32 * 40, 200_000 / 32 * 56 + (70 << 10));
        Assert.InRange(MappedOf(s), 200_000 / 32 * 9 / 10, 200_000 / 32);
    }

    [Fact]
    public void ReaderFromBefore_ReadsOn_WhileChunksGoToFilesAndFilesGo()
    {
        using var s = Window();
        Late(s, 31 * 3, 1, series: 1);
        string[] before = s.Read();
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        Late(s, 300, 2, series: 1);
        Cut(s, 12);
        Cut(s, 16);
        string[] lines = [.. Enumerable.Range(0, set.Count).Select(i => set.LabelsAt(i) + string.Concat(Samples(set, i).Select(v => FormattableString.Invariant($" {v.Time - Start}={v.Value}"))))];
        Assert.Equal(before, lines);
    }

    [Fact]
    public void Compaction_TakesThemFromTheFiles_WhichGoAfterwards()
    {
        using var s = Window();
        Late(s, 500, 1);
        string[] first = Directory.GetFiles(ChunksOf(s));
        Assert.NotEmpty(first);
        string[] before = s.Read();
        Cut(s, 12);
        Assert.Equal(0, MappedOf(s));
        Assert.Empty(MarkersOf(s));
        Assert.Equal(before, s.Read(new LabelMatcher(MatchOperator.NotEqual, "__name__", "goes_on"))[..before.Length]);
        Cut(s, 16);
        Cut(s, 20);
        Assert.DoesNotContain(first[0], Directory.GetFiles(ChunksOf(s)));
        string[] after = s.Read();
        Assert.Equal(after, s.CrashAndReopen().Read());
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("flipped")]
    [InlineData("short")]
    public void FileThatLostThem_CostsNothing(string damage)
    {
        using var s = Window();
        Late(s, 600, 1);
        string[] before = s.Read();
        s.Crash();
        string path = HeadChunkFiles.PathOf(ChunksOf(s), 1);
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "gone": File.Delete(path); break;
            case "flipped": bytes[bytes.Length / 2] ^= 1; File.WriteAllBytes(path, bytes); break;
            default: File.WriteAllBytes(path, bytes[..(bytes.Length / 3)]); break;
        }
        s.Open();
        Assert.Equal(before, s.Read());
        Late(s, 200, 2);
        before = s.Read();
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(before, s.Reopen().Read());
    }

    [Fact]
    public void MarkerOfAnotherChunk_TakesNothingAway()
    {
        using var s = Window();
        Late(s, 300, 1, series: 2);
        string[] before = s.Read();
        ulong other = s.Resolve("late,i=1").Ref;
        var markers = MarkersOf(s);
        s.Crash();
        // Markers of chunks that exist, for the wrong series, and of places where none is.
        var record = new RecordBuffer();
        record.BeginMarkers();
        foreach (var (_, chunk) in markers) record.AddMarker(other, chunk);
        record.AddMarker(other, 77UL << 32 | 8);
        record.AddMarker(12345, 1UL << 32 | 8);
        string wbl = Path.Combine(s.Options.Path, "wbl");
        using (var writer = new WalWriter(DataFiles.Disk, wbl, WalDirectory.Segments(wbl)[^1] + 1, 1 << 20, FsyncPolicy.Never, new WalCounters(), TimeProvider.System))
        {
            writer.Begin();
            writer.Add(record.Record);
            Assert.True(writer.TryWrite(out _));
        }
        s.Open();
        Assert.Equal(before, s.Read());
    }

    [Fact]
    public void SeriesWithHistograms_StaysInMemory()
    {
        using var s = Window();
        Late(s, 40, 1, series: 1);
        var batch = new SampleBatch("test");
        batch.Add(s.Resolve("late,i=0"), Start + 1, Histograms.HistogramSamples.Walk(1, 1, integer: true)[0].Histogram);
        Assert.Equal(1, s.Db.Commit(batch).Accepted);
        batch.Release();
        int mapped = MappedOf(s);
        for (int i = 0; i < 100; i++) s.Commit(("late,i=0", Start + 10_000 + i, i));
        Assert.Equal((1, 1), (mapped, MappedOf(s)));
        string[] before = s.Read();
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    /// <summary>Lets the head grow, so that it is cut, and what is late with it.</summary>
    private static void Cut(Scenario s, int toHours)
    {
        for (long t = (toHours - 4) * Hour + 1; t <= toHours * Hour; t += 60_000) s.Commit(("goes_on", Start + t, t));
        s.Db.Maintain();
    }
}
