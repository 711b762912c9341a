using FsCheck;
using FsCheck.Fluent;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Tests.Encoding;

public sealed class XorChunkTests
{
    private static readonly long[] Steps = [0, 1, -1, 15_000, 8191, 8192, 8193, -8191, -8192, 65536, 65537, -65535, 524288, 524289, -524288, int.MaxValue, long.MaxValue, long.MinValue];
    private static readonly double[] Values =
    [
        0, -0.0, 1, 2, 3, 0.1, 1e300, -1e-300, double.Epsilon, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
        StaleMarker.Value, StaleMarker.NormalNaN, BitConverter.UInt64BitsToDouble(0xFFFFFFFFFFFFFFFF), BitConverter.UInt64BitsToDouble(1UL << 63 | 1),
        int.MaxValue, 1L << 53, (1L << 53) + 2,
    ];

    [Fact]
    public void TryAppend_ThreeSamples_GoldenBytes()
    {
        // count 3; varint(1000) = D0 0F; 1.0; delta 15000 = 98 75; then the bits 0 (same value), 0 (same delta), 11 00001 001011 11111111111 (1.0 to 2.0)
        byte[] chunk = Encode([(1000, 1), (16000, 1), (31000, 2)]);
        Assert.Equal("0003D00F3FF000000000000098753097FFC0", Convert.ToHexString(chunk));
    }

    [Fact]
    public void TryAppend_GeneratedSamples_SameBytesAsTheDescriptionAndReadBack() => Property(samples =>
    {
        byte[] chunk = Encode(samples);
        return chunk.AsSpan().SequenceEqual(NaiveXorEncoder.Encode(samples)) && SameBits(samples, Decode(chunk, 7)) && SameBits(samples, Decode(chunk, 128));
    });

    [Fact]
    public void TryAppend_BufferTooSmall_ChangesNothingAndFillsToTheLastBit() => Property(samples =>
    {
        byte[] whole = Encode(samples);
        for (int length = 0; length <= whole.Length; length++)
        {
            byte[] buffer = new byte[length];
            var state = XorState.Empty;
            int fitted = 0;
            while (fitted < samples.Length && XorChunk.TryAppend(buffer, ref state, samples[fitted].Item1, samples[fitted].Item2)) fitted++;
            if (state.Count != fitted || state.ByteLength > length) return false;
            if (fitted < samples.Length && NaiveXorEncoder.Encode(samples[..(fitted + 1)]).Length <= length) return false;
            if (fitted > 0 && !SameBits(samples[..fitted], Decode(buffer.AsSpan(0, state.ByteLength).ToArray(), 128))) return false;
        }
        return true;
    }, 30);

    [Fact]
    public void TryResume_AnyPrefix_GrowsToTheSameBytes() => Property(samples =>
    {
        byte[] whole = Encode(samples);
        for (int cut = 0; cut <= samples.Length; cut++)
        {
            byte[] prefix = cut == 0 ? [0, 0] : Encode(samples[..cut]);
            if (!XorChunk.TryResume(prefix, out var state)) return false;
            byte[] buffer = new byte[whole.Length];
            prefix.AsSpan().CopyTo(buffer);
            foreach (var (timestamp, value) in samples[cut..])
            {
                if (!XorChunk.TryAppend(buffer, ref state, timestamp, value)) return false;
            }
            if (!buffer.AsSpan().SequenceEqual(whole)) return false;
        }
        return true;
    }, 30);

    [Fact]
    public void Next_CutOrBrokenBytes_CorruptOrSamplesButNeverACrash()
    {
        var random = new Random(20261121);
        byte[] whole = Encode([.. Enumerable.Range(0, 120).Select(i => (1_700_000_000_000L + i * 15_000 + random.Next(-5, 5), random.NextDouble()))]);
        for (int length = 0; length < whole.Length; length++) Assert.Equal(XorReader.Corrupt, LastRead(whole.AsSpan(0, length).ToArray()));
        for (int round = 0; round < 3000; round++)
        {
            byte[] broken = whole.ToArray();
            for (int i = 0; i < 3; i++) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            Assert.InRange(LastRead(broken.AsSpan(0, random.Next(broken.Length)).ToArray()), -1, 0);
            byte[] noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            Assert.InRange(LastRead(noise), -1, 0);
        }
    }

    [Fact]
    public void Next_CountOfAGrowingChunk_StopsThere()
    {
        byte[] chunk = Encode([(1, 1), (2, 2), (3, 3)]);
        long[] timestamps = new long[10];
        var reader = new XorReader(2);
        Assert.Equal(2, reader.Next(chunk, timestamps, new double[10]));
        Assert.Equal(0, reader.Next(chunk, timestamps, new double[10]));
        Assert.Equal([1, 2], timestamps[..2]);
    }

    [Fact]
    public void Next_WindowNeverDeclared_IsAllBitsAsPrometheusResumesChunks()
    {
        // Two equal samples, then dod 0 and "10" with 64 bits of XOR against 1.0.
        byte[] head = Encode([(0, 1), (1, 1)]);
        string bits = string.Concat(head.Select(b => Convert.ToString(b, 2).PadLeft(8, '0')))[..(8 * (2 + 1 + 8 + 1) + 1)];
        bits += "0" + "10" + Convert.ToString((long)(BitConverter.DoubleToUInt64Bits(1) ^ BitConverter.DoubleToUInt64Bits(2.5)), 2).PadLeft(64, '0');
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        byte[] chunk = [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
        chunk[1] = 3;
        Assert.Equal((2L, 2.5), Decode(chunk, 10)[^1]);
    }

    [Fact]
    public void TryAppendAndNext_AllocateNothing()
    {
        byte[] buffer = new byte[4096];
        long[] timestamps = new long[64];
        double[] values = new double[64];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int read = Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(120, read);

        int Run()
        {
            var state = XorState.Empty;
            for (int i = 0; i < 120; i++) XorChunk.TryAppend(buffer, ref state, i * 15_000L + i % 3, i * 0.1);
            XorChunk.TryResume(buffer.AsSpan(0, state.ByteLength), out _);
            var reader = XorReader.Open(buffer);
            int sum = 0;
            for (int n; (n = reader.Next(buffer, timestamps, values)) > 0;) sum += n;
            return sum;
        }
    }

    private static void Property(Func<(long, double)[], bool> holds, int tests = 200)
    {
        var step = Gen.OneOf(Gen.Constant(15_000L), Gen.Choose(14_990, 15_010).Select(i => (long)i), Gen.Elements(Steps));
        var value = Gen.OneOf(Gen.Elements(Values), Gen.Choose(-1000, 1000).Select(i => (double)i), Gen.Choose(0, int.MaxValue).Select(i => i * 0.0123));
        var samples = Gen.Zip(step, value).ArrayOf().Select(pairs =>
        {
            long now = 1_700_000_000_000;
            return pairs.Select(p => (now = unchecked(now + p.Item1), p.Item2)).ToArray();
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(samples.ToArbitrary(), holds));
    }

    private static byte[] Encode((long, double)[] samples)
    {
        byte[] buffer = new byte[2 + samples.Length * XorChunk.MaxSampleBytes];
        var state = XorState.Empty;
        foreach (var (timestamp, value) in samples) Assert.True(XorChunk.TryAppend(buffer, ref state, timestamp, value));
        return samples.Length == 0 ? [0, 0] : buffer[..state.ByteLength];
    }

    private static (long, double)[] Decode(byte[] chunk, int window)
    {
        var reader = XorReader.Open(chunk);
        var timestamps = new long[window];
        var values = new double[window];
        var samples = new List<(long, double)>();
        int read;
        while ((read = reader.Next(chunk, timestamps, values)) > 0) samples.AddRange(timestamps.Take(read).Zip(values.Take(read)));
        Assert.Equal(0, read);
        return [.. samples];
    }

    private static int LastRead(byte[] chunk)
    {
        var reader = XorReader.Open(chunk);
        var timestamps = new long[50];
        var values = new double[50];
        int read;
        do read = reader.Next(chunk, timestamps, values);
        while (read > 0);
        return read;
    }

    private static bool SameBits((long, double)[] left, (long, double)[] right) =>
        left.Select(s => (s.Item1, BitConverter.DoubleToUInt64Bits(s.Item2))).SequenceEqual(right.Select(s => (s.Item1, BitConverter.DoubleToUInt64Bits(s.Item2))));
}
