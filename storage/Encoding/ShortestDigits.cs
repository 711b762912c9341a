using System.Numerics;
using System.Runtime.CompilerServices;

namespace Streamline.Storage;

/// <summary>
/// The shortest decimal digits that read back to the same double, the closest of them, in a few multiplications (the method of R. Giulietti's paper
/// "The Schubfach way to render doubles"): .NET's own formatting is general and costs four times as much. Hot path of large answers.
/// </summary>
internal static class ShortestDigits
{
    private const int MinPower = -292;
    private const int MaxPower = 324;

    // Per power of ten its leading 128 bits, rounded up: built once from exact integers, 10 kB.
    private static readonly Power[] PowersOfTen = BuildPowers();

    private readonly record struct Power(ulong High, ulong Low);

    /// <summary>Digits and exponent of a positive finite double: value = digits * 10^exponent. Trailing zeros are possible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Of(double value, out int exponent)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value), fraction = bits & 0xFFFFFFFFFFFFF;
        int biased = (int)(bits >> 52) & 0x7FF;
        ulong significand = biased == 0 ? fraction : fraction | 1UL << 52;
        int power2 = biased == 0 ? -1074 : biased - 1075;
        bool narrowBelow = fraction == 0 && biased > 1;
        exponent = narrowBelow ? FloorLog10OfThreeQuarters(power2) : FloorLog10(power2);
        ref readonly Power scale = ref PowersOfTen[-exponent - MinPower];
        int shift = power2 + FloorLog2OfPowerOf10(-exponent) + 1;
        ulong odd = significand & 1;
        // The value and the ends of the interval that reads back to it, times four, scaled; rounded so that comparisons stay exact.
        ulong middle = Scale(scale, significand * 4 << shift);
        ulong low = Scale(scale, (significand * 4 - (narrowBelow ? 1UL : 2UL)) << shift) + odd;
        ulong high = Scale(scale, (significand * 4 + 2) << shift) - odd;
        ulong units = middle / 4;
        if (units >= 10)
        {
            ulong tens = units / 10;
            bool below = low <= tens * 40, above = tens * 40 + 40 <= high;
            if (below != above)
            {
                exponent++;
                return below ? tens : tens + 1;
            }
        }
        bool floor = low <= units * 4, ceiling = units * 4 + 4 <= high;
        if (floor != ceiling) return floor ? units : units + 1;
        ulong half = units * 4 + 2;
        return middle > half || (middle == half && (units & 1) != 0) ? units + 1 : units;
    }

    // The high 64 bits of a 192-bit product, the lowest bit set when anything is left below.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Scale(in Power scale, ulong factor)
    {
        ulong carry = Math.BigMul(scale.Low, factor, out _);
        ulong high = Math.BigMul(scale.High, factor, out ulong low);
        low += carry;
        if (low < carry) high++;
        return low > 1 ? high | 1 : high;
    }

    private static int FloorLog10(int power2) => (int)(power2 * 1_262_611L >> 22);

    private static int FloorLog10OfThreeQuarters(int power2) => (int)((power2 * 1_262_611L - 524_031) >> 22);

    private static int FloorLog2OfPowerOf10(int power10) => (int)(power10 * 1_741_647L >> 19);

    private static Power[] BuildPowers()
    {
        var powers = new Power[MaxPower - MinPower + 1];
        for (int power = MinPower; power <= MaxPower; power++)
        {
            int below = 127 - FloorLog2OfPowerOf10(power);
            BigInteger top = power >= 0 ? BigInteger.Pow(10, power) : BigInteger.One << below;
            BigInteger bottom = power >= 0 ? BigInteger.One : BigInteger.Pow(10, -power);
            if (power >= 0 && below >= 0) top <<= below;
            if (below < 0) bottom <<= -below;
            BigInteger quotient = BigInteger.DivRem(top, bottom, out BigInteger rest);
            UInt128 rounded = (UInt128)(rest.IsZero ? quotient : quotient + 1);
            powers[power - MinPower] = new Power((ulong)(rounded >> 64), (ulong)rounded);
        }
        return powers;
    }
}
