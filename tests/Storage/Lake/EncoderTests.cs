using System.Buffers;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Streamline.Storage.Lake;

namespace Streamline.Storage.Tests.Lake;

/// <summary>Bytes of the encodings: examples worked out by hand from the specification, and round trips through a plain reader.</summary>
public sealed class EncoderTests
{
    [Fact]
    public void Delta_RisingByOne_IsHeaderAndOneEmptyBlock() =>
        // Block of 128 in 4 miniblocks, 5 values, first 1; smallest difference 1, all widths 0.
        Assert.Equal("8001 04 05 02 | 02 00000000".Hex(), Delta([1, 2, 3, 4, 5]));

    [Fact]
    public void Delta_TwoSlopes_PacksTwoBits() =>
        // Differences -2 -2 -2 1 1 1 1 above -2: 0 0 0 3 3 3 3, low bits first, in a miniblock of 32 values of two bits.
        Assert.Equal("8001 04 08 0e | 03 02000000 c03f000000000000".Hex(), Delta([7, 5, 3, 1, 2, 3, 4, 5]));

    [Fact]
    public void Delta_NothingAndOneValue_AreHeaders()
    {
        Assert.Equal("8001 04 00 00".Hex(), Delta([]));
        Assert.Equal("8001 04 01 05".Hex(), Delta([-3]));
    }

    [Fact]
    public void Delta_AnyValues_ComeBack() => Prop.ForAll(
        Gen.Sized(size => Gen.ListOf(Gen.OneOf(Gen.Choose(-100, 100).Select(i => (long)i), ArbMap.Default.GeneratorFor<long>(), Gen.Elements(long.MinValue, long.MaxValue)), size * 5)).ToArbitrary(),
        values => ReadDelta(Delta([.. values])).SequenceEqual(values)).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void RunLength_LongRun_IsOneRun() => Assert.Equal("a006 05".Hex(), Runs(3, (5u, 400)));

    [Fact]
    public void RunLength_EightDifferent_ArePackedLowBitsFirst() =>
        // The specification's example: 0 to 7 in three bits.
        Assert.Equal("03 88c6fa".Hex(), Runs(3, (0u, 1), (1u, 1), (2u, 1), (3u, 1), (4u, 1), (5u, 1), (6u, 1), (7u, 1)));

    [Fact]
    public void RunLength_AnyRuns_ComeBack()
    {
        var run = Gen.Zip(Gen.Choose(0, 1000).Select(i => (uint)i), Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(4, 60)));
        Prop.ForAll(Gen.Sized(size => Gen.ListOf(run, size)).ToArbitrary(), runs =>
        {
            var expected = runs.SelectMany(r => Enumerable.Repeat(r.Item1, r.Item2)).ToList();
            return ReadRuns(Runs(10, [.. runs.Select(r => (r.Item1, r.Item2))]), 10, expected.Count).SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void RunLength_RepeatedSequences_ComeBack()
    {
        var part = Gen.Zip(Gen.Sized(size => Gen.ListOf(Gen.Choose(0, 3).Select(i => (uint)i), size / 4)), Gen.OneOf(Gen.Choose(0, 9), Gen.Choose(10, 90)));
        Prop.ForAll(Gen.Sized(size => Gen.ListOf(part, size / 8 + 1)).ToArbitrary(), parts =>
        {
            var values = parts.SelectMany(p => Enumerable.Repeat(p.Item1, p.Item2).SelectMany(v => v)).ToList();
            var bytes = new ArrayBufferWriter<byte>();
            var encoder = new RunLengthEncoder();
            encoder.Start(bytes, 2);
            foreach (var (sequence, times) in parts) encoder.AddRepeated([.. sequence], times);
            encoder.Finish();
            string hex = Convert.ToHexStringLower(bytes.WrittenSpan);
            return ReadRuns(hex, 2, values.Count).SequenceEqual(values);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Thrift_StructWithNestedListAndFarField_HasTheProtocolsBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        var thrift = new ThriftWriter(bytes);
        thrift.OpenItem();
        thrift.Int(1, -2);
        thrift.Bool(2, true);
        thrift.Open(4);
        thrift.SmallInt(1, 64);
        thrift.Bool(2, false);
        thrift.End();
        thrift.OpenList(5, ThriftWriter.Binary, 2);
        thrift.BytesItem("a"u8);
        thrift.BytesItem(""u8);
        thrift.Long(30, 1L << 40);
        thrift.End();
        Assert.Equal("15 03 | 11 | 2c 13 40 12 00 | 19 28 01 61 00 | 06 3c 808080808040 | 00".Hex(), Convert.ToHexStringLower(bytes.WrittenSpan));
    }

    private static string Delta(ReadOnlySpan<long> values)
    {
        var bytes = new ArrayBufferWriter<byte>();
        DeltaEncoder.Encode(values, bytes);
        return Convert.ToHexStringLower(bytes.WrittenSpan);
    }

    private static string Runs(int width, params (uint Value, int Count)[] runs)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var encoder = new RunLengthEncoder();
        encoder.Start(bytes, width);
        foreach (var (value, count) in runs) encoder.Add(value, count);
        encoder.Finish();
        return Convert.ToHexStringLower(bytes.WrittenSpan);
    }

    private static List<long> ReadDelta(string hex)
    {
        var reader = new BitReader(Convert.FromHexString(hex));
        Assert.Equal((128UL, 4UL), (reader.Varint(), reader.Varint()));
        int count = (int)reader.Varint();
        long last = reader.Signed();
        var values = new List<long>();
        if (count > 0) values.Add(last);
        while (values.Count < count)
        {
            long least = reader.Signed();
            byte[] widths = [.. Enumerable.Range(0, 4).Select(_ => (byte)reader.Bits(8))];
            for (int mini = 0; mini < 4 && values.Count < count; mini++)
            {
                for (int i = 0; i < 32; i++)
                {
                    ulong above = (ulong)reader.Bits(widths[mini]);
                    if (values.Count < count) values.Add(last = unchecked(last + least + (long)above));
                }
            }
        }
        Assert.True(reader.AtEnd);
        return values;
    }

    private static List<uint> ReadRuns(string hex, int width, int count)
    {
        var reader = new BitReader(Convert.FromHexString(hex));
        var values = new List<uint>();
        while (!reader.AtEnd)
        {
            ulong header = reader.Varint();
            if ((header & 1) == 0)
            {
                values.AddRange(Enumerable.Repeat((uint)reader.Bits((width + 7) / 8 * 8), (int)(header >> 1)));
                continue;
            }
            for (ulong i = 0; i < (header >> 1) * 8; i++) values.Add((uint)reader.Bits(width));
        }
        Assert.InRange(values.Count - count, 0, 7);
        return values[..count];
    }

    private sealed class BitReader(byte[] bytes)
    {
        private int _at;

        public bool AtEnd => _at == bytes.Length * 8;

        public BigInteger Bits(int count)
        {
            BigInteger value = 0;
            for (int i = 0; i < count; i++, _at++) value |= (BigInteger)(bytes[_at / 8] >> _at % 8 & 1) << i;
            return value;
        }

        public ulong Varint()
        {
            BigInteger value = 0;
            for (int shift = 0; ; shift += 7)
            {
                var next = Bits(8);
                value |= (next & 0x7F) << shift;
                if (next < 0x80) return (ulong)value;
            }
        }

        public long Signed()
        {
            ulong folded = Varint();
            return (long)(folded >> 1) ^ -(long)(folded & 1);
        }
    }
}

internal static class HexText
{
    /// <summary>Hex digits without the blanks and bars that make them readable.</summary>
    public static string Hex(this string text) => text.Replace(" ", "", StringComparison.Ordinal).Replace("|", "", StringComparison.Ordinal);
}
