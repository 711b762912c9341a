using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;
using static Streamline.Storage.Tests.Histograms.HistogramSamples;

namespace Streamline.Storage.Tests.Histograms;

public sealed class HistogramChunkTests
{
    [Fact]
    public void Append_TwoIntegerHistograms_GoldenBytes()
    {
        // Header: 2 samples, flags 0. Layout: threshold 0 = 00; schema 1 = 10 001; one span = 10 001, length 2 = 10 010, offset 0 = 0; no negative span = 0;
        // sample 1: time 1 = 10 001; count 3 = 10 011; zero count 0 = 0; sum 1.0 = 3FF0...; buckets 1, then +1 = 10 001 10 001;
        // sample 2: dod of time 2 = 10 010; of count 2 = 10 010; of zero 0; sum the same 0; buckets +1: 10 001, second (2 to 3, its step stays 1): 0.
        var one = Of(new() { [0] = 1, [1] = 2 }, sum: 1, schema: 1, threshold: 0);
        var two = Of(new() { [0] = 2, [1] = 3 }, sum: 1, schema: 1, threshold: 0);
        string bits = "0000000000000010" + "00000000" + "00000000" + "10001" + "10001" + "10010" + "0" + "0"
            + "10001" + "10011" + "0" + "0011111111110000" + new string('0', 48) + "10001" + "10001"
            + "10010" + "10010" + "0" + "0" + "10001" + "0";
        Assert.Equal(Pack(bits), Convert.ToHexString(Assert.Single(Encode([(1, one), (3, two)])).Bytes));
    }

    [Fact]
    public void Append_CustomBounds_ThousandthsAreShortOthersWhole()
    {
        // Threshold 0; schema -53 = 1110 and nine bits; one span of length 1 at 0, no negative one; 2 bounds: 0.001 as 2, pi as a whole.
        var h = Of(new() { [0] = 1 }, sum: 1, schema: NativeHistogram.CustomBucketsSchema, bounds: [0.001, Math.PI]);
        string bits = "0000000000000001" + "00000000" + "00000000" + "1110" + "111001011" + "10001" + "10001" + "0" + "0" + "10010" + "10010"
            + "0" + Convert.ToString(BitConverter.DoubleToInt64Bits(Math.PI), 2).PadLeft(64, '0')
            + "10001" + "10001" + "0" + "0011111111110000" + new string('0', 48) + "10001";
        Assert.Equal(Pack(bits), Convert.ToHexString(Assert.Single(Encode([(1, h)])).Bytes));
    }

    [Theory, InlineData(true, false, false), InlineData(false, false, false), InlineData(true, true, false), InlineData(false, true, false), InlineData(true, false, true), InlineData(false, false, true)]
    public void Append_GeneratedWalks_ReadBackAndSplitWhereTheNaiveModelSplits(bool integer, bool gauge, bool custom)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var samples = Walk(seed, 80, integer, gauge, custom);
            var chunks = Encode(samples);
            var read = chunks.SelectMany(Decode).ToList();
            Assert.Equal(samples.Select(s => (s.Time, Text(s.Histogram))), read.Select(s => (s.Time, Text(s.Histogram))));
            int at = 0;
            foreach (var chunk in chunks)
            {
                var part = samples[at..(at += HistogramCount(chunk))];
                for (int i = 1; i < part.Count; i++) Assert.True(NaiveFollows(part[i - 1].Histogram, part[i].Histogram), $"seed {seed}: {Text(part[i].Histogram)} cannot follow {Text(part[i - 1].Histogram)}");
                if (at < samples.Count) Assert.False(NaiveFollows(part[^1].Histogram, samples[at].Histogram), $"seed {seed}: a chunk ended without need before {Text(samples[at].Histogram)}");
            }
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Next_CountersInAChunk_OnlyTheFirstIsUnknown(bool integer)
    {
        var read = Decode(Assert.Single(Encode(Walk(1, 30, integer, calm: true))));
        Assert.Equal(CounterResetHint.Unknown, read[0].Histogram.ResetHint);
        Assert.All(read.Skip(1), s => Assert.Equal(CounterResetHint.NotReset, s.Histogram.ResetHint));
        Assert.All(Encode(Walk(1, 30, integer, gauge: true)).SelectMany(Decode).Where(s => !s.Histogram.IsStale), s => Assert.Equal(CounterResetHint.Gauge, s.Histogram.ResetHint));
    }

    [Theory, InlineData(true, CounterResetHint.Unknown), InlineData(false, CounterResetHint.Unknown)]
    public void Place_ChangesThatEndAChunk_HeaderSaysWhy(bool integer, CounterResetHint unknown)
    {
        var first = Of(new() { [0] = 5, [2] = 0 }, zero: 2, integer: integer);
        Assert.Equal([unknown, CounterResetHint.Reset], Headers(first, Of(new() { [0] = 4, [2] = 4 }, zero: 2, integer: integer)));
        Assert.Equal([unknown, CounterResetHint.Reset], Headers(first, Of(new() { [2] = 9 }, zero: 2, integer: integer)));
        Assert.Equal([unknown, CounterResetHint.Reset], Headers(first, Of(new() { [0] = 9 }, zero: 1, integer: integer)));
        Assert.Equal([unknown, CounterResetHint.Unknown], Headers(first, Of(new() { [0] = 9 }, zero: 2, integer: integer, schema: 4)));
        Assert.Equal([unknown, CounterResetHint.Reset], Headers(first, Of(new() { [0] = 9 }, zero: 2, integer: integer, hint: CounterResetHint.Reset)));
        Assert.Equal([unknown, CounterResetHint.Gauge], Headers(first, Of(new() { [0] = 9 }, zero: 2, integer: integer, hint: CounterResetHint.Gauge)));
        Assert.Equal([unknown], Headers(first, Of(new() { [0] = 9, [7] = 1 }, zero: 2, integer: integer)));
    }

    [Fact]
    public void Resume_AnyPrefix_GrowsToTheSameBytes()
    {
        foreach (bool integer in (bool[])[true, false])
        {
            var samples = Walk(5, 30, integer, calm: true);
            var whole = Assert.Single(Encode(samples));
            // All in the layout of the end, so that nothing is recoded.
            samples = [.. Decode(whole)];
            for (int cut = 1; cut < samples.Count; cut++)
            {
                byte[] prefix = Assert.Single(Encode(samples[..cut])).Bytes;
                var encoder = HistogramEncoder.Resume(prefix, whole.Encoding, cut)!;
                Assert.Equal(cut, encoder.Count);
                foreach (var (time, histogram) in samples[cut..]) Assert.Equal(HistogramFit.Append, encoder.Place(histogram).Fit);
            }
        }
    }

    [Fact]
    public void Next_FlippedAndCutBytes_NeverThrowNorHang()
    {
        var random = new Random(7);
        var times = new long[9];
        var histograms = new NativeHistogram[9];
        foreach (var chunk in Encode(Walk(3, 60, true)).Concat(Encode(Walk(4, 60, false))).Concat(Encode(Walk(4, 60, true, custom: true))))
        {
            for (int n = 0; n < 300; n++)
            {
                byte[] bytes = chunk.Bytes[..random.Next(chunk.Bytes.Length + 1)];
                for (int flips = random.Next(4); flips > 0 && bytes.Length > 3; flips--) bytes[random.Next(3, bytes.Length)] ^= (byte)(1 << random.Next(8));
                var reader = new HistogramReader();
                reader.Open(bytes, chunk.Encoding, XorChunk.CountOf(bytes));
                while (reader.Next(bytes, times, histograms) > 0) { }
            }
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Next_EncodingsWithStartTimes_GiveThem(bool integer)
    {
        var samples = Walk(2, 20, integer, calm: true);
        // In one layout, so that nothing is recoded.
        samples = Decode(Assert.Single(Encode(samples)));
        long[] starts = [.. samples.Select((s, i) => i < 3 ? Start : s.Time - 7 * i)];
        var writer = new BitWriter();
        var encoder = new HistogramEncoder(integer);
        encoder.Begin(writer, CounterResetHint.Unknown);
        long distance = 0;
        byte[] first = new byte[Varint.MaxBytes];
        for (int i = 0; i < samples.Count; i++)
        {
            encoder.Append(writer, samples[i].Time, samples[i].Histogram);
            if (i == 0)
            {
                foreach (byte b in first.AsSpan(0, Varint.WriteSigned(first, samples[0].Time - Start))) writer.Put(b, 8);
            }
            if (i < 3) continue;
            long now = samples[i - 1].Time - starts[i];
            writer.PutVarbit(i == 3 ? now : now - distance);
            distance = now;
        }
        byte[] chunk = writer.Bytes.ToArray();
        (chunk[0], chunk[1], chunk[2]) = (0x80, (byte)samples.Count, 0x80 | 3);
        var reader = new HistogramReader();
        byte encoding = integer ? HistogramChunk.IntegerStartEncoding : HistogramChunk.FloatStartEncoding;
        reader.Open(chunk, encoding, HistogramChunk.CountOf(chunk, encoding));
        var times = new long[samples.Count];
        var read = new NativeHistogram[samples.Count];
        var readStarts = new long[samples.Count];
        Assert.Equal(samples.Count, reader.Next(chunk, times, read, readStarts));
        Assert.Equal(starts, readStarts);
        Assert.Equal(samples.Select(s => Text(s.Histogram)), read.Select(Text));
        Assert.Equal(CounterResetHint.Reset, HistogramChunk.HeaderOf(chunk, encoding));
    }

    [Fact]
    public void Reduce_FromAReservedSchema_BucketsJoin()
    {
        var fine = Of(new() { [1] = 1, [2] = 2, [3] = 4, [4] = 8, [5] = 16, [-3] = 32, [0] = 64 }, schema: 10);
        var coarse = HistogramResolution.Reduce(fine, 8);
        // Index i at schema 10 is in bucket ceil(i/4) at schema 8.
        Assert.Equal(Text(Of(new() { [0] = 96, [1] = 15, [2] = 16 }, schema: 8)), Text(coarse));
        Assert.Equal("int 8", Text(Assert.Single(Decode(Assert.Single(Encode([(1, fine)])))).Histogram)[..5]);
    }

    public sealed record Chunk(byte Encoding, byte[] Bytes);

    /// <summary>As the head does it, without cuts for size.</summary>
    public static List<Chunk> Encode(List<(long Time, NativeHistogram Histogram)> samples)
    {
        var chunks = new List<Chunk>();
        var writer = new BitWriter();
        HistogramEncoder? encoder = null;
        foreach (var (time, histogram) in samples)
        {
            if (encoder is null || encoder.IsInteger != histogram.IsInteger)
            {
                if (encoder is not null) Finish(encoder);
                encoder = new HistogramEncoder(histogram.IsInteger);
                encoder.Begin(writer, HistogramEncoder.HeaderOf(histogram));
                encoder.Append(writer, time, histogram);
                continue;
            }
            var placement = encoder.Place(histogram);
            switch (placement.Fit)
            {
                case HistogramFit.NewChunk:
                    Finish(encoder);
                    encoder.Begin(writer, placement.Header);
                    break;
                case HistogramFit.Recode:
                    byte[] old = Bytes(encoder);
                    Assert.True(encoder.TryRecode(writer, old, encoder.Count, placement.Histogram));
                    break;
                case HistogramFit.Append: break;
            }
            encoder.Append(writer, time, placement.Histogram);
        }
        Finish(encoder!);
        return chunks;

        void Finish(HistogramEncoder open) => chunks.Add(new Chunk(open.Encoding, Bytes(open)));

        byte[] Bytes(HistogramEncoder open)
        {
            HistogramChunk.SetCount(writer.Bytes, open.Count);
            return writer.Bytes.ToArray();
        }
    }

    public static IEnumerable<(long Time, NativeHistogram Histogram)> AsSamples(Chunk chunk) => Decode(chunk);

    private static List<(long Time, NativeHistogram Histogram)> Decode(Chunk chunk)
    {
        var reader = new HistogramReader();
        reader.Open(chunk.Bytes, chunk.Encoding, HistogramCount(chunk));
        var samples = new List<(long, NativeHistogram)>();
        var times = new long[7];
        var histograms = new NativeHistogram[7];
        int read;
        while ((read = reader.Next(chunk.Bytes, times, histograms)) > 0)
        {
            for (int i = 0; i < read; i++) samples.Add((times[i], histograms[i]));
        }
        Assert.Equal(0, read);
        return samples;
    }

    private static int HistogramCount(Chunk chunk) => XorChunk.CountOf(chunk.Bytes);

    private static CounterResetHint[] Headers(NativeHistogram first, NativeHistogram second) => [.. Encode([(1, first), (2, second)]).Select(c => HistogramChunk.HeaderOf(c.Bytes))];

    /// <summary>Whether one chunk may hold both, bucket by bucket.</summary>
    private static bool NaiveFollows(NativeHistogram old, NativeHistogram now)
    {
        if (now.ResetHint == CounterResetHint.Reset) return false;
        // A stale marker does not say that it ends a gauge, so it starts a chunk behind one.
        if (old.ResetHint == CounterResetHint.Gauge != (now.ResetHint == CounterResetHint.Gauge)) return false;
        if (now.IsStale) return true;
        if (old.IsStale) return false;
        if (old.Schema != now.Schema || old.ZeroThreshold != now.ZeroThreshold || !old.CustomBounds.SequenceEqual(now.CustomBounds)) return false;
        if (now.ResetHint == CounterResetHint.Gauge) return true;
        return now.Count >= old.Count && now.ZeroCount >= old.ZeroCount && Rises(Map(old.PositiveSpans, old.PositiveBuckets), Map(now.PositiveSpans, now.PositiveBuckets))
            && Rises(Map(old.NegativeSpans, old.NegativeBuckets), Map(now.NegativeSpans, now.NegativeBuckets));
    }

    private static bool Rises(Dictionary<int, double> old, Dictionary<int, double> now) => old.All(b => now.GetValueOrDefault(b.Key) >= b.Value);

    private static Dictionary<int, double> Map(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        var map = new Dictionary<int, double>();
        int index = 0, place = 0;
        foreach (var span in spans)
        {
            index += span.Offset;
            for (int i = 0; i < span.Length; i++) map[index++] = counts[place++];
        }
        return map;
    }

    private static string Pack(string bits)
    {
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return Convert.ToHexString([.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(8 * i, 8), 2))]);
    }
}
