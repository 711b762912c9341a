using Streamline.Storage.Files;
using Streamline.Storage.Wal;
using Streamline.Tests.Shared;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

/// <summary>Records of types 11 to 13, which Prometheus writes with st-storage: floats and histograms with start times.</summary>
public sealed class StartTimeRecordTests
{
    // By hand after tsdb/record/record.go: zigzag varints of reference, time and start; then differences, markers 2, 1, 0.
    private const string Golden = "0B" + "0E" + "D00F" + "C807" + "3FF0000000000000"
        + "02" + "14" + "02" + "01" + "4000000000000000"
        + "03" + "00" + "01" + "4008000000000000"
        + "02" + "27" + "00" + "4010000000000000";

    private static readonly (ulong Ref, long Time, long Start, ulong Bits)[] GoldenSamples =
    [
        (7, 1000, 484, BitConverter.DoubleToUInt64Bits(1)),
        (8, 1010, 483, BitConverter.DoubleToUInt64Bits(2)),
        (6, 1000, 483, BitConverter.DoubleToUInt64Bits(3)),
        (7, 980, 0, BitConverter.DoubleToUInt64Bits(4)),
    ];

    [Fact]
    public void SampleRecord_GoldenBytes_BothWays()
    {
        byte[] bytes = Convert.FromHexString(Golden);
        Assert.Equal(GoldenSamples, ReadSamples(bytes));
        Assert.Equal(bytes, RecordOf(GoldenSamples));
    }

    [Fact]
    public void SampleRecords_RoundTrip()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int run = 0; run < 300; run++)
        {
            var samples = new (ulong, long, long, ulong)[random.Next(20)];
            for (int i = 0; i < samples.Length; i++)
            {
                long start = random.Next(4) switch { 0 => 0, 1 when i > 0 => samples[i - 1].Item3, 2 => random.NextInt64(), _ => -random.Next() };
                samples[i] = ((ulong)random.NextInt64(1L << 62), random.NextInt64(long.MinValue / 4, long.MaxValue / 4), start, (ulong)random.NextInt64());
            }
            byte[] bytes = RecordOf(samples);
            Assert.True(samples.AsSpan().SequenceEqual(ReadSamples(bytes)), $"seed {seed}, run {run}");
            // Cut anywhere it either ends between two samples or says that it is short.
            byte[] cut = bytes[..random.Next(1, bytes.Length + 1)];
            try
            {
                Assert.True(samples.AsSpan(0, ReadSamples(cut).Length).SequenceEqual(ReadSamples(cut)), $"seed {seed}, run {run}");
            }
            catch (FormatException)
            {
            }
        }
    }

    [Fact]
    public void RecordsOfChance_AreReadOrRefused()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var builder = new LabelsBuilder();
        for (int run = 0; run < 20_000; run++)
        {
            byte[] bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            // Small numbers, so that lengths are often ones that there could be.
            for (int i = 0; i < bytes.Length; i++) bytes[i] &= (byte)(random.Next(3) == 0 ? 255 : 3);
            bytes[0] = (byte)random.Next(1, 14);
            try
            {
                ReadAll(bytes, builder);
            }
            catch (FormatException)
            {
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, run {run}, {Convert.ToHexString(bytes)}: {error}");
            }
        }
    }

    private static void ReadAll(ReadOnlySpan<byte> record, LabelsBuilder builder)
    {
        var reader = new RecordReader(record);
        var type = RecordReader.TypeOf(record);
        if (RecordReader.HoldsSamples(type)) while (reader.NextSample(out _, out _, out _)) { }
        else if (RecordReader.HoldsHistograms(type)) while (reader.NextHistogram(out _, out _, out _)) { }
        else if (type == RecordType.MmapMarkers) while (reader.NextMarker(out _, out _)) { }
        else if (type == RecordType.Series) while (reader.NextSeries(builder, out _)) { }
        else if (type == RecordType.Exemplars) while (reader.NextExemplar(builder, out _, out _)) { }
        else if (type == RecordType.Metadata) while (reader.NextMetadata(out _, out _)) { }
        else while (reader.NextTombstone(out _, out _)) { }
    }

    [Fact]
    public void Replay_ReadsAllThreeKinds()
    {
        using var s = new Scenario();
        s.Commit(("f", Start, 1), ("h", Start - 1, 1), ("fh", Start - 1, 1), ("custom", Start - 1, 1));
        ulong floats = s.Resolve("f").Ref, histograms = s.Resolve("h").Ref, floatHistograms = s.Resolve("fh").Ref, custom = s.Resolve("custom").Ref;
        s.Crash();
        NativeHistogram whole = Whole(2), fraction = Whole(2, isInteger: false), bounded = Bounded();
        WriteSegment(s,
            RecordOf([(floats, Start + 1000, Start - 5, BitConverter.DoubleToUInt64Bits(2)), (floats, Start + 2000, Start - 5, BitConverter.DoubleToUInt64Bits(3))]),
            RecordOf(RecordType.HistogramSamplesV2, (histograms, Start, Start - 9, whole), (custom, Start, 0, bounded)),
            RecordOf(RecordType.FloatHistogramSamplesV2, (floatHistograms, Start, Start - 9, fraction)));
        s.Open();
        Assert.Contains("{__name__=\"f\"} 0=1 1000=2 2000=3", s.Read());
        Assert.Equal((2, 2.5), (ReadHistogram(s, "h").Count, ReadHistogram(s, "h").Sum));
        Assert.Equal(CounterResetHint.Gauge, ReadHistogram(s, "fh").ResetHint);
        Assert.Equal(bounded.CustomBounds.ToArray(), ReadHistogram(s, "custom").CustomBounds.ToArray());
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void OutOfOrderLog_ReadsThemToo()
    {
        using var s = new Scenario(o => o with { OutOfOrderWindowMs = Hour });
        s.Commit(("f", Start + 60_000, 1));
        ulong series = s.Resolve("f").Ref;
        s.Crash();
        WriteSegment(s, "wbl", RecordOf([(series, Start, Start - 5, BitConverter.DoubleToUInt64Bits(2))]));
        s.Open();
        Assert.Equal(["{__name__=\"f\"} 0=2 60000=1"], s.Read());
    }

    [Fact]
    public void Checkpoint_KeepsWhatIsStillNeeded_WithItsStarts()
    {
        using var s = new Scenario();
        string log = Path.Combine(s.Options.Path, "other");
        var whole = Whole(2);
        for (int segment = 0; segment < 3; segment++)
        {
            using var writer = Writer(log, segment);
            Add(writer, RecordOf([(1, 10, 5, 1), (1, 20, 15, 2), (2, 30, 15, 3)]), RecordOf(RecordType.HistogramSamplesV2, (3, 10, 5, whole), (3, 40, 35, whole)), RecordOf([(1, 1, 1, 1)]));
        }
        new WalCheckpoint(DataFiles.Disk, log, new WalCounters(), new ManualTimeProvider()).Run(1, _ => true, 20);
        using var reader = new WalReader(DataFiles.Disk, WalDirectory.SegmentPath(WalDirectory.CheckpointPath(log, 1), 0), null);
        for (int segment = 0; segment < 2; segment++)
        {
            Assert.True(reader.Next(out var samples));
            Assert.Equal([(1UL, 20L, 15L, 2UL), (2UL, 30L, 15L, 3UL)], ReadSamples(samples));
            Assert.True(reader.Next(out var histograms));
            var entries = new RecordReader(histograms);
            Assert.True(entries.NextHistogram(out ulong reference, out long time, out var histogram));
            Assert.Equal((3UL, 40L, 35L, 2.0), (reference, time, entries.StartMs, histogram!.Count));
            Assert.False(entries.NextHistogram(out _, out _, out _));
        }
        Assert.False(reader.Next(out _));
    }

    private static NativeHistogram Whole(int count, bool isInteger = true) => new()
    {
        Schema = 1,
        ZeroThreshold = 1e-3,
        Count = count,
        Sum = 2.5,
        IsInteger = isInteger,
        ResetHint = isInteger ? CounterResetHint.Unknown : CounterResetHint.Gauge,
        PositiveSpanArray = [new HistogramSpan(0, 1)],
        PositiveBucketArray = [count],
    };

    private static NativeHistogram Bounded() => new()
    {
        Schema = NativeHistogram.CustomBucketsSchema,
        Count = 3,
        Sum = 1,
        IsInteger = true,
        PositiveSpanArray = [new HistogramSpan(0, 2)],
        PositiveBucketArray = [1, 2],
        CustomBoundArray = [0.5, 1.5],
    };

    private static NativeHistogram ReadHistogram(Scenario s, string name)
    {
        using var set = s.Db.Select([new LabelMatcher(MatchOperator.Equal, "__name__", name)], new TimeRange(Start, Start), SelectHints.None);
        using var cursor = set.Open(0);
        long[] times = new long[1];
        Assert.Equal(0, cursor.Next(times, new double[1]));
        var histograms = new NativeHistogram[1];
        Assert.Equal(1, cursor.NextHistograms(times, histograms));
        return histograms[0];
    }

    private static byte[] RecordOf((ulong Ref, long Time, long Start, ulong Bits)[] samples)
    {
        var buffer = new RecordBuffer();
        buffer.BeginWithStarts(RecordType.SamplesV2);
        foreach (var (reference, time, start, bits) in samples) buffer.AddSample(reference, time, start, bits);
        return buffer.Record.ToArray();
    }

    private static byte[] RecordOf(RecordType type, params (ulong Ref, long Time, long Start, NativeHistogram Histogram)[] histograms)
    {
        var buffer = new RecordBuffer();
        buffer.BeginWithStarts(type);
        foreach (var (reference, time, start, histogram) in histograms) buffer.AddHistogram(reference, time, start, histogram);
        return buffer.Record.ToArray();
    }

    private static (ulong, long, long, ulong)[] ReadSamples(ReadOnlySpan<byte> record)
    {
        var samples = new List<(ulong, long, long, ulong)>();
        var reader = new RecordReader(record);
        while (reader.NextSample(out ulong reference, out long time, out ulong bits)) samples.Add((reference, time, reader.StartMs, bits));
        return [.. samples];
    }

    private static void WriteSegment(Scenario s, params byte[][] records) => WriteSegment(s, "wal", records);

    private static void WriteSegment(Scenario s, string log, params byte[][] records)
    {
        string path = Path.Combine(s.Options.Path, log);
        using var writer = Writer(path, WalDirectory.Segments(path).Count);
        Add(writer, records);
    }

    private static WalWriter Writer(string path, int segment) => new(DataFiles.Disk, path, segment, 1 << 20, FsyncPolicy.Never, new WalCounters(), new ManualTimeProvider());

    private static void Add(WalWriter writer, params byte[][] records)
    {
        writer.Begin();
        foreach (byte[] record in records) writer.Add(record);
        Assert.True(writer.TryWrite(out string error), error);
    }
}
