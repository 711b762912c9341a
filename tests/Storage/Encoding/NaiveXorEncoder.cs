using System.Globalization;
using System.Numerics;

namespace Streamline.Storage.Tests.Encoding;

/// <summary>Chunk encoding 1 written as a string of 0 and 1 straight from the format's description: slow, and shares no line with the product.</summary>
internal static class NaiveXorEncoder
{
    public static byte[] Encode(IReadOnlyList<(long Timestamp, double Value)> samples)
    {
        string bits = Bits((ulong)samples.Count, 16);
        int leading = -1, trailing = 0;
        for (int i = 0; i < samples.Count; i++)
        {
            if (i == 0)
            {
                bits += Uvarint(unchecked((ulong)((samples[0].Timestamp << 1) ^ (samples[0].Timestamp >> 63)))) + Bits(Raw(samples[0].Value), 64);
                continue;
            }
            bits += i == 1
                ? Uvarint(unchecked((ulong)(samples[1].Timestamp - samples[0].Timestamp)))
                : Time(unchecked(samples[i].Timestamp - samples[i - 1].Timestamp - (samples[i - 1].Timestamp - samples[i - 2].Timestamp)));
            bits += Value(Raw(samples[i].Value) ^ Raw(samples[i - 1].Value), ref leading, ref trailing);
        }
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => byte.Parse(bits.AsSpan(i * 8, 8), NumberStyles.BinaryNumber, CultureInfo.InvariantCulture))];
    }

    private static ulong Raw(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static string Bits(ulong value, int width)
    {
        char[] text = new char[width];
        for (int i = 0; i < width; i++) text[width - 1 - i] = (value >> i & 1) == 1 ? '1' : '0';
        return new string(text);
    }

    private static string Uvarint(ulong value)
    {
        string bits = "";
        for (; value >= 128; value /= 128) bits += Bits(value % 128 + 128, 8);
        return bits + Bits(value, 8);
    }

    private static string Time(long change) => change switch
    {
        0 => "0",
        >= -8191 and <= 8192 => "10" + Bits((ulong)change, 14),
        >= -65535 and <= 65536 => "110" + Bits((ulong)change, 17),
        >= -524287 and <= 524288 => "1110" + Bits((ulong)change, 20),
        _ => "1111" + Bits((ulong)change, 64),
    };

    private static string Value(ulong xor, ref int leading, ref int trailing)
    {
        if (xor == 0) return "0";
        int front = Math.Min(31, BitOperations.LeadingZeroCount(xor)), back = BitOperations.TrailingZeroCount(xor);
        if (leading >= 0 && front >= leading && back >= trailing) return "10" + Bits(xor >> trailing, 64 - leading - trailing);
        (leading, trailing) = (front, back);
        int width = 64 - front - back;
        return "11" + Bits((ulong)front, 5) + Bits((ulong)width % 64, 6) + Bits(xor >> back, width);
    }
}
