using Streamline.Storage.Blocks;
using Streamline.Storage.Files;

namespace Streamline.Storage.Tests.Blocks;

public sealed class BlockTests : IDisposable
{
    private readonly BlockFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void WriteAndSelect_ManySeriesAndSegments_GivesEverySampleBack()
    {
        var series = BlockFixture.Generate(200, 300);
        using var block = _fixture.Open(_fixture.Write(series, segmentBytes: 40_000)!);
        Assert.True(Directory.GetFiles(Path.Combine(block.Path, "chunks")).Length > 5);
        using var set = block.Select([], BlockFixture.Everything, SelectHints.None);
        Assert.Equal(series.Select(s => s.Labels).Order(), Enumerable.Range(0, set.Count).Select(set.LabelsAt));
        SampleCursor? cursor = null;
        foreach (var (expected, index) in series.OrderBy(s => s.Labels).Select((s, i) => (s, i)))
        {
            cursor = set.Open(index, cursor);
            AssertSame(expected.Samples, BlockFixture.Read(cursor));
        }
        cursor!.Dispose();
    }

    [Theory]
    [InlineData(0, 299)]
    [InlineData(1, 298)]
    [InlineData(119, 120)]
    [InlineData(120, 120)]
    [InlineData(250, 299)]
    public void Select_PartOfTheTime_GivesThatPart(int first, int last)
    {
        var series = BlockFixture.Generate(3, 300);
        using var block = _fixture.Open(_fixture.Write(series)!);
        foreach (var (labels, samples) in series)
        {
            var range = new TimeRange(samples[first].Time, samples[last].Time);
            using var set = block.Select([new(MatchOperator.Equal, "instance", labels.Get("instance"))], range, SelectHints.None);
            AssertSame(samples[first..(last + 1)], BlockFixture.Read(set.Open(0), 7));
        }
    }

    [Fact]
    public void Select_OutsideTheBlock_NoSeries()
    {
        using var block = _fixture.Open(_fixture.Write(BlockFixture.Generate(3, 10))!);
        using var set = block.Select([], new TimeRange(0, BlockFixture.Start - 1), SelectHints.None);
        Assert.Equal(0, set.Count);
    }

    [Fact]
    public void Select_AnyMatcher_AgreesWithMatchingEachSeries()
    {
        var series = BlockFixture.Generate(120, 2);
        using var block = _fixture.Open(_fixture.Write(series)!);
        LabelMatcher[] matchers =
        [
            new(MatchOperator.Equal, "job", "node"), new(MatchOperator.NotEqual, "job", "node"), new(MatchOperator.Equal, "absent", ""),
            new(MatchOperator.NotEqual, "absent", ""), new(MatchOperator.Regex, "instance", "host-00[0-4].*"), new(MatchOperator.NotRegex, "instance", "host-.*5.*"),
            new(MatchOperator.Regex, "job", "api|nothing"), new(MatchOperator.Regex, "job", ".*"), new(MatchOperator.Regex, "absent", ".+"),
            new(MatchOperator.Equal, "__name__", "up"), new(MatchOperator.Equal, "ünïcode", "wert 3"), new(MatchOperator.Regex, "instance", "host-0033:9100|host-0001:9100"),
            new(MatchOperator.Equal, "instance", "host-0099"), new(MatchOperator.Equal, "job", "zzz"), new(MatchOperator.Equal, "job", "aaa"),
        ];
        foreach (var first in matchers)
        {
            foreach (var second in matchers)
            {
                using var set = block.Select([first, second], BlockFixture.Everything, SelectHints.None);
                var expected = series.Select(s => s.Labels).Where(l => Matches(l, first) && Matches(l, second)).Order();
                Assert.Equal(expected, Enumerable.Range(0, set.Count).Select(set.LabelsAt));
            }
        }
    }

    [Fact]
    public void LabelNamesAndValues_WithAndWithoutMatchersAndLimit()
    {
        using var block = _fixture.Open(_fixture.Write(BlockFixture.Generate(100, 2))!);
        Assert.Equal(["__name__", "instance", "job", "ünïcode"], block.LabelNames([], BlockFixture.Everything));
        Assert.Equal(["__name__", "instance"], block.LabelNames([new(MatchOperator.Equal, "job", "node")], BlockFixture.Everything, 2));
        Assert.Equal(["http_requests_total", "up"], block.LabelValues("__name__", [], BlockFixture.Everything));
        Assert.Equal(100, block.LabelValues("instance", [], BlockFixture.Everything).Count);
        Assert.Equal(["host-0000:9100", "host-0001:9100"], block.LabelValues("instance", [], BlockFixture.Everything, 2));
        Assert.Equal(["node"], block.LabelValues("job", [new(MatchOperator.Equal, "instance", "host-0000:9100")], BlockFixture.Everything));
        Assert.Empty(block.LabelValues("job", [], new TimeRange(0, 1)));
    }

    [Fact]
    public void Select_Tombstones_HideSamplesAndWholeChunks()
    {
        var series = BlockFixture.Generate(2, 240).OrderBy(s => s.Labels).ToList();
        var meta = _fixture.Write(series)!;
        using (var whole = _fixture.Open(meta)) { }
        var stones = new Tombstones();
        string directory = Path.Combine(_fixture.Path, meta.Ulid);
        uint first = FirstSeries(directory);
        stones.Add(first, new TimeRange(0, series[0].Samples[9].Time));
        stones.Add(first, new TimeRange(series[0].Samples[120].Time, long.MaxValue));
        File.Delete(Path.Combine(directory, Tombstones.FileName));
        stones.Write(DataFiles.Disk, directory);
        using var block = _fixture.Open(meta);
        using var set = block.Select([], BlockFixture.Everything, SelectHints.None);
        AssertSame(series[0].Samples[10..120], BlockFixture.Read(set.Open(0)));
        AssertSame(series[1].Samples, BlockFixture.Read(set.Open(1)));
        using var late = block.Select([], new TimeRange(series[0].Samples[130].Time, long.MaxValue), SelectHints.None);
        Assert.Equal(1, late.Count);
    }

    [Fact]
    public void Dispose_WhileASetIsOpen_TheSetStillReads()
    {
        var series = BlockFixture.Generate(1, 200);
        var block = _fixture.Open(_fixture.Write(series)!);
        var set = block.Select([], BlockFixture.Everything, SelectHints.None);
        block.Dispose();
        Directory.Delete(block.Path, recursive: true);
        AssertSame(series[0].Samples, BlockFixture.Read(set.Open(0)));
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(() => block.Select([], BlockFixture.Everything, SelectHints.None));
        Assert.False(block.TryRetain());
    }

    [Fact]
    public void Writer_DisposedWithoutFinish_OrWithoutSamples_LeavesNothing()
    {
        using (var writer = new BlockWriter(DataFiles.Disk, _fixture.Path, TimeProvider.System, new BlockOrigin(0, 1000)))
        {
            writer.StartSeries(Labels.Of(("a", "b")));
            writer.AddChunk(1, 1, BlockFixture.Encode([(1, 1)]));
        }
        using (var writer = new BlockWriter(DataFiles.Disk, _fixture.Path, TimeProvider.System, new BlockOrigin(0, 1000)))
        {
            writer.StartSeries(Labels.Of(("a", "b")));
            Assert.Null(writer.Finish());
        }
        Assert.Empty(Directory.GetFileSystemEntries(_fixture.Path));
    }

    [Theory]
    [InlineData("chunks/000001")]
    [InlineData("tombstones")]
    [InlineData("meta.json")]
    [InlineData("index")]
    public void Read_BrokenFile_CorruptionExceptionOrTheTruth(string name)
    {
        var series = BlockFixture.Generate(6, 130);
        var meta = _fixture.Write(series)!;
        string path = Path.Combine(_fixture.Path, meta.Ulid, name);
        byte[] whole = File.ReadAllBytes(path);
        var random = new Random(17);
        int found = 0;
        for (int round = 0; round < 60; round++)
        {
            byte[] broken = round % 3 == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
            if (round % 3 != 0) broken[random.Next(broken.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, broken);
            try
            {
                using var block = _fixture.Open(meta);
                using var set = block.Select([], BlockFixture.Everything, SelectHints.None);
                if (name == "meta.json") continue;
                for (int i = 0; i < set.Count; i++) AssertSame(series.Single(s => s.Labels == set.LabelsAt(i)).Samples, BlockFixture.Read(set.Open(i)));
            }
            catch (StorageCorruptionException error)
            {
                found++;
                Assert.StartsWith(Path.Combine(_fixture.Path, meta.Ulid), error.File, StringComparison.Ordinal);
            }
        }
        Assert.InRange(found, 15, 60);
    }

    [Fact]
    public void Next_CursorOfABlock_AllocatesNothing()
    {
        using var block = _fixture.Open(_fixture.Write(BlockFixture.Generate(1, 2000))!);
        using var set = block.Select([], BlockFixture.Everything, SelectHints.None);
        long[] timestamps = new long[128];
        double[] values = new double[128];
        var cursor = set.Open(0);
        int total = 0, read;
        while ((read = cursor.Next(timestamps, values)) > 0) total += read;
        cursor = set.Open(0, cursor);
        long before = GC.GetAllocatedBytesForCurrentThread();
        while ((read = cursor.Next(timestamps, values)) > 0) total += read;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4000, total);
    }

    [Fact]
    public void Meta_Golden()
    {
        var meta = new BlockMeta
        {
            Ulid = "01HF5Z9T5G0000000000000000",
            MinTimeMs = 0,
            MaxTimeMs = 7200000,
            Stats = new BlockStats { NumSamples = 3, NumFloatSamples = 3, NumSeries = 1, NumChunks = 1 },
            Compaction = new BlockCompaction { Sources = ["01HF5Z9T5G0000000000000000"] },
        };
        meta.Write(DataFiles.Disk, _fixture.Path);
        Assert.Equal("""
            {
            	"ulid": "01HF5Z9T5G0000000000000000",
            	"minTime": 0,
            	"maxTime": 7200000,
            	"stats": {
            		"numSamples": 3,
            		"numFloatSamples": 3,
            		"numSeries": 1,
            		"numChunks": 1
            	},
            	"compaction": {
            		"level": 1,
            		"sources": [
            			"01HF5Z9T5G0000000000000000"
            		]
            	},
            	"version": 1
            }
            """, File.ReadAllText(Path.Combine(_fixture.Path, BlockMeta.FileName)));
        Assert.Equal(7200000, BlockMeta.Read(DataFiles.Disk, _fixture.Path).MaxTimeMs);
    }

    internal static void AssertSame(IReadOnlyList<(long Time, double Value)> expected, IReadOnlyList<(long Time, double Value)> actual)
    {
        Assert.Equal(expected.Select(s => (s.Time, BitConverter.DoubleToUInt64Bits(s.Value))), actual.Select(s => (s.Time, BitConverter.DoubleToUInt64Bits(s.Value))));
    }

    private static bool Matches(Labels labels, LabelMatcher matcher) => matcher.Matches(labels.ValueOf(matcher.NameUtf8.Span));

    private static uint FirstSeries(string directory)
    {
        using var index = new Streamline.Storage.Index.IndexReader(DataFiles.Disk, Path.Combine(directory, BlockWriter.IndexName));
        using var postings = new BlockPostings(index);
        using var refs = new Streamline.Storage.Index.PostingsList<uint>();
        postings.AddAll(refs);
        return refs.Items[0];
    }
}
