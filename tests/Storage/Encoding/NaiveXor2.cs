using System.Text;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Tests.Encoding;

/// <summary>Encoding 4, written bit by bit from its description, and walks of samples to write.</summary>
internal static class NaiveXor2
{
    private static readonly double[] Values = [0, 1, 1, 2.5, -0.0, 1e300, StaleMarker.Value, StaleMarker.Value, 2.5, double.NaN, double.NegativeInfinity, 7, 7, 7];

    public static List<(long Time, double Value, long Start)> Walk(int seed)
    {
        var random = new Random(seed);
        var samples = new List<(long, double, long)>();
        long time = 1_700_000_000_000, start = seed % 3 == 0 ? 0 : time - 5000;
        for (int i = 0; i < random.Next(1, 150); i++)
        {
            time += random.Next(6) switch { 0 => 15_001, 1 => random.Next(1, 500_000), 2 => random.NextInt64(1, 1L << 33), _ => 15_000 };
            if (seed % 3 == 2 && random.Next(20) == 0) start = time - 1;
            samples.Add((time, Values[random.Next(Values.Length)], start));
        }
        return samples;
    }

    public static List<(long Time, double Value, long Start)> Decode(byte[] chunk)
    {
        var reader = new Xor2Reader();
        reader.Open(chunk);
        var (times, values, starts) = (new long[7], new double[7], new long[7]);
        var samples = new List<(long, double, long)>();
        int read;
        while ((read = reader.Next(chunk, times, values, starts)) > 0)
        {
            for (int i = 0; i < read; i++) samples.Add((times[i], values[i], starts[i]));
        }
        Assert.Equal(0, read);
        return samples;
    }

    public static string Text((long Time, double Value, long Start) sample) => FormattableString.Invariant($"{sample.Time} {BitConverter.DoubleToInt64Bits(sample.Value):x} {sample.Start}");

    public static byte[] Encode(List<(long Time, double Value, long Start)> samples)
    {
        var bits = new StringBuilder();
        int changesFrom = samples.FindIndex(1, s => s.Start != samples[0].Start);
        if (changesFrom < 0 && samples.Count > 128) changesFrom = 127;
        changesFrom = Math.Min(changesFrom, 127);
        long delta = 0, distance = 0;
        ulong last = 0;
        (int Leading, int Trailing)? window = null;
        for (int i = 0; i < samples.Count; i++)
        {
            var (time, value, start) = samples[i];
            bool stale = StaleMarker.Is(value);
            ulong raw = BitConverter.DoubleToUInt64Bits(value), xor = raw ^ last;
            if (i == 0)
            {
                Bytewise(bits, Varint.ZigZag(time));
                Put(bits, raw, 64);
                if (start != 0) Bytewise(bits, Varint.ZigZag(time - start));
            }
            else
            {
                long step = time - samples[i - 1].Time, dod = step - delta;
                delta = step;
                if (i == 1) Bytewise(bits, (ulong)step);
                else if (dod == 0 && stale) bits.Append("11111");
                else if (dod == 0 && xor == 0) bits.Append('0');
                else if (dod == 0) bits.Append("10");
                else if (dod is >= -4096 and <= 4095) Put(bits.Append("110"), (ulong)dod, 13);
                else if (dod is >= -524288 and <= 524287) Put(bits.Append("1110"), (ulong)dod, 20);
                else Put(bits.Append("11110"), (ulong)dod, 64);
                bool full = i == 1 || dod != 0;
                if (full) bits.Append(stale ? "111" : xor == 0 ? "0" : "1");
                if (!stale && xor != 0) window = PutValue(bits, xor, window, full);
                if (changesFrom > 0 && i >= changesFrom)
                {
                    long now = samples[i - 1].Time - start;
                    PutVarbit(bits, i == changesFrom ? now : now - distance);
                    distance = now;
                }
            }
            if (!stale) last = raw;
        }
        string header = Convert.ToString(samples.Count, 2).PadLeft(16, '0') + (samples[0].Start != 0 ? "1" : "0") + Convert.ToString(Math.Max(0, changesFrom), 2).PadLeft(7, '0');
        return Bytes(header + bits);
    }

    private static (int, int) PutValue(StringBuilder bits, ulong xor, (int Leading, int Trailing)? window, bool full)
    {
        int leading = Math.Min(31, (int)ulong.LeadingZeroCount(xor)), trailing = (int)ulong.TrailingZeroCount(xor);
        if (window is var (l, t) && leading >= l && trailing >= t)
        {
            Put(bits.Append('0'), xor >> t, 64 - l - t);
            return (l, t);
        }
        bits.Append(full ? "10" : "1");
        Put(bits, (ulong)leading, 5);
        Put(bits, (ulong)(64 - leading - trailing) & 63, 6);
        Put(bits, xor >> trailing, 64 - leading - trailing);
        return (leading, trailing);
    }

    private static void PutVarbit(StringBuilder bits, long value)
    {
        var writer = new BitWriter();
        writer.Reset();
        writer.PutVarbit(value);
        foreach (char bit in string.Concat(writer.Bytes.ToArray().Select(b => Convert.ToString(b, 2).PadLeft(8, '0')))[..writer.BitLength]) bits.Append(bit);
    }

    private static void Bytewise(StringBuilder bits, ulong value)
    {
        for (; value >= 0x80; value >>= 7) Put(bits, value & 0x7F | 0x80, 8);
        Put(bits, value, 8);
    }

    private static void Put(StringBuilder bits, ulong value, int count)
    {
        for (int i = count - 1; i >= 0; i--) bits.Append((value >> i & 1) == 1 ? '1' : '0');
    }

    public static byte[] Bytes(string bits)
    {
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(8 * i, 8), 2))];
    }
}
