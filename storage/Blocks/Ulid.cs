using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Streamline.Storage.Blocks;

/// <summary>The names of blocks (github.com/ulid/spec): 48 bits of milliseconds and 80 random bits in Crockford's base 32, so that names sort by time.</summary>
internal static class Ulid
{
    public const int Length = 26;

    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int TimeBytes = 6;
    private static readonly SearchValues<char> DigitSet = SearchValues.Create(Digits);

    public static string New(TimeProvider time)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[TimeBytes..]);
        ulong now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i < TimeBytes; i++) bytes[i] = (byte)(now >> 8 * (TimeBytes - 1 - i));
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[Length];
        for (int i = Length - 1; i >= 0; i--, value >>= 5) text[i] = Digits[(int)(value & 31)];
        return new string(text);
    }

    /// <summary>Whether a directory's name can be a block's: upper case, and at most 128 bits.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => text.Length == Length && text[0] <= '7' && !text.ContainsAnyExcept(DigitSet);

    /// <summary>The time in a valid name.</summary>
    public static long TimeMs(ReadOnlySpan<char> ulid)
    {
        long time = 0;
        foreach (char digit in ulid[..10]) time = time << 5 | (uint)Digits.IndexOf(digit, StringComparison.Ordinal);
        return time;
    }
}
