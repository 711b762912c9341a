using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Index;

namespace Streamline.Storage.Tests.Index;

public sealed class IndexTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("streamline-index-").FullName;

    private string IndexPath => Path.Combine(_directory, "index");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void WriteAndRead_AnyBatchSize_TheSameIndex(int batchEntries)
    {
        var series = Series(300);
        Write(series, batchEntries);
        using var index = new IndexReader(DataFiles.Disk, IndexPath);
        using var window = index.NewWindow();
        using var refs = new PostingsList<uint>();
        AddPair(index, "", "", refs);
        var read = refs.Items.ToArray().Select(r => Read(index, window, r, TimeRange.All)).ToList();
        Assert.Equal(series.Select(s => s.Labels), read.Select(r => r.Labels!));
        Assert.Equal(series.SelectMany(s => s.Chunks), read.SelectMany(r => r.Chunks));
        foreach (string value in new[] { "v0", "v6", "v299", "v300", "", "zzz" })
        {
            refs.Clear();
            AddPair(index, "a", value, refs);
            Assert.Equal(series.Where(s => s.Labels.Get("a") == value && value.Length > 0).Select(s => s.Labels), refs.Items.ToArray().Select(r => Read(index, window, r, TimeRange.All).Labels!));
        }
        Assert.False(File.Exists(IndexPath + ".spool"));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(4, false)]
    public void Read_Versions(byte version, bool isRead)
    {
        Write(Series(3));
        byte[] bytes = File.ReadAllBytes(IndexPath);
        bytes[4] = version;
        File.WriteAllBytes(IndexPath, bytes);
        if (!isRead)
        {
            Assert.Equal(4, Assert.Throws<StorageCorruptionException>(() => new IndexReader(DataFiles.Disk, IndexPath)).Offset);
            return;
        }
        using var index = new IndexReader(DataFiles.Disk, IndexPath);
        Assert.NotEmpty(index.LabelNames);
    }

    [Fact]
    public void Write_SmallIndex_GoldenBytes()
    {
        Write([(Labels.Of(("a", "b")), [new ChunkMeta(1000, 1015, 8), new ChunkMeta(1030, 1030, 40)])]);
        string hex = Convert.ToHexString(File.ReadAllBytes(IndexPath));
        // Header; symbols: 8 bytes, two of them, "a", "b"; the series at 32: 11 bytes, one label 0 1, two chunks 1000..1015 at 8 and +15..+0 at +32.
        Assert.StartsWith("BAAAD70002" + "00000008" + "00000002" + "0161" + "0162", hex, StringComparison.Ordinal);
        Assert.Equal("0B" + "01" + "0001" + "02" + "D00F" + "0F" + "08" + "0F" + "00" + "40", hex.Substring(64, 24));
        Assert.Contains("00000008" + "00000001" + "00000002", hex, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadSeries_RangeWithoutChunks_Null()
    {
        Write([(Labels.Of(("a", "b")), [new ChunkMeta(1000, 1015, 8), new ChunkMeta(1030, 1040, 40)])]);
        using var index = new IndexReader(DataFiles.Disk, IndexPath);
        using var window = index.NewWindow();
        Assert.Null(Read(index, window, 2, new TimeRange(1016, 1029)).Labels);
        Assert.Single(Read(index, window, 2, new TimeRange(1015, 1029)).Chunks);
        Assert.Throws<StorageCorruptionException>(() => Read(index, window, 3, TimeRange.All));
        Assert.Throws<StorageCorruptionException>(() => Read(index, window, uint.MaxValue, TimeRange.All));
    }

    [Fact]
    public void AddSeries_OutOfOrder_ArgumentException()
    {
        using var writer = new IndexWriter(DataFiles.Disk, IndexPath);
        writer.AddSeries(Labels.Of(("a", "b")), [new ChunkMeta(10, 20, 8)]);
        Assert.Throws<ArgumentException>(() => writer.AddSeries(Labels.Of(("a", "b")), [new ChunkMeta(10, 20, 80)]));
        Assert.Throws<ArgumentException>(() => writer.AddSeries(Labels.Of(("a", "c")), [new ChunkMeta(10, 20, 80), new ChunkMeta(20, 30, 90)]));
        Assert.Throws<ArgumentException>(() => writer.AddSeries(Labels.Of(("a", "d")), [new ChunkMeta(10, 20, 7)]));
    }

    [Fact]
    public void Read_AnyByteBrokenOrCut_CorruptionExceptionOrTheTruthButNoCrash()
    {
        var series = Series(12);
        Write(series);
        byte[] whole = File.ReadAllBytes(IndexPath);
        var truth = ReadAll();
        var random = new Random(99);
        for (int round = 0; round < 400; round++)
        {
            byte[] broken = round % 4 == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
            if (round % 4 != 0) broken[random.Next(broken.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(IndexPath, broken);
            try
            {
                // Padding and the unused label-index offsets carry no data; every other changed byte is found.
                Assert.Equal(truth, ReadAll());
            }
            catch (StorageCorruptionException error)
            {
                Assert.Equal(IndexPath, error.File);
            }
        }
    }

    private List<string> ReadAll()
    {
        using var index = new IndexReader(DataFiles.Disk, IndexPath);
        using var window = index.NewWindow();
        using var refs = new PostingsList<uint>();
        AddPair(index, "", "", refs);
        List<string> all = [.. refs.Items.ToArray().Select(r => Read(index, window, r, TimeRange.All)).Select(s => $"{s.Labels} {string.Join(',', s.Chunks)}")];
        using var lists = index.NewWindow();
        foreach (byte[] name in index.LabelNames)
        {
            index.WalkValues(window, name, [], (value, place) =>
            {
                refs.Clear();
                index.AddPostings(lists, place, refs);
                all.Add($"{Convert.ToHexString(name)}={Convert.ToHexString(value)}: {string.Join(',', refs.Items.ToArray())}");
                return true;
            });
        }
        return all;
    }

    private void Write(List<(Labels Labels, ChunkMeta[] Chunks)> series, int batchEntries = 1 << 20)
    {
        using var writer = new IndexWriter(DataFiles.Disk, IndexPath, batchEntries);
        foreach (var (labels, chunks) in series) writer.AddSeries(labels, chunks);
        writer.Finish();
    }

    private static List<(Labels Labels, ChunkMeta[] Chunks)> Series(int count)
    {
        ulong place = 8;
        var labels = Enumerable.Range(0, count).Select(i => Labels.Of(("a", $"v{i}"), ("b", i % 2 == 0 ? "x" : "y"), ("long", new string('l', i % 3 * 200)), ("c", "same"))).Order();
        return [.. labels.Select(l => (l, Enumerable.Range(0, 3).Select(k => new ChunkMeta(k * 100 - 50, k * 100, place += 64)).ToArray()))];
    }

    private static void AddPair(IndexReader index, string name, string value, PostingsList<uint> refs)
    {
        using var window = index.NewWindow();
        if (index.TryFindPostings(window, System.Text.Encoding.UTF8.GetBytes(name), System.Text.Encoding.UTF8.GetBytes(value), out long place)) index.AddPostings(window, place, refs);
    }

    private static (Labels? Labels, List<ChunkMeta> Chunks) Read(IndexReader index, FileWindow window, uint series, TimeRange range)
    {
        var chunks = new List<ChunkMeta>();
        return (index.ReadSeries(window, series, range, chunks), chunks);
    }
}
