using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Tests.Ingest;

public sealed class RemoteWriteReaderTests
{
    private const double Value = -12.5;

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_700_000_000_123)]
    [InlineData(1L << 62)]
    public void OnlySample_AsSendersWriteIt_IsRead(long timestampMs)
    {
        Assert.True(TryOnly(WriteRequest.Field(2, WriteRequest.Sample(timestampMs, Value)), out long time, out double value));
        Assert.Equal((timestampMs, Value), (time, value));
    }

    [Fact]
    public void OnlySample_AnythingElse_IsLeftToTheWalk()
    {
        byte[] sample = WriteRequest.Sample(1_700_000_000_123, Value), field = WriteRequest.Field(2, sample);
        byte[] endless = [.. sample];
        endless[^1] |= 0x80;
        byte[] early = [.. sample];
        early[^2] &= 0x7f;
        byte[][] others =
        [
            [],
            [.. field, .. field],
            [.. field, .. WriteRequest.Field(3, [])],
            field[..^1],
            WriteRequest.Field(2, sample[..9]),
            WriteRequest.Field(2, [.. sample[9..], .. sample[..9]]),
            WriteRequest.Field(2, endless),
            WriteRequest.Field(2, early),
            WriteRequest.Field(2, WriteRequest.Sample(-1, Value)),
            WriteRequest.Field(2, [.. sample, 3 << 3, 1]),
            WriteRequest.Field(4, sample),
        ];
        Assert.All(others, rest => Assert.False(TryOnly(rest, out _, out _), Convert.ToHexString(rest)));
    }

    [Fact]
    public void OnlySample_WhateverBytesChange_IsWhatTheWalkReads()
    {
        const int seed = 20263;
        var random = new Random(seed);
        byte[] field = WriteRequest.Field(2, WriteRequest.Sample(1_700_000_000_123, Value));
        int read = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. field];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (!TryOnly(changed, out long time, out double value)) continue;
            read++;
            var samples = new RemoteWriteReader.SampleReader(changed);
            Assert.True(samples.MoveNext() && samples.Item == RemoteWriteItem.Sample, $"seed {seed}: {Convert.ToHexString(changed)}");
            Assert.Equal((samples.TimestampMs, BitConverter.DoubleToInt64Bits(samples.Value)), (time, BitConverter.DoubleToInt64Bits(value)));
            Assert.False(samples.MoveNext());
        }
        Assert.InRange(read, 1, 20_000);
    }

    private static bool TryOnly(byte[] rest, out long timestampMs, out double value)
    {
        byte[] request = new WriteRequest().Raw(1, [.. WriteRequest.Field(1, [.. WriteRequest.Field(1, "__name__"u8.ToArray()), .. WriteRequest.Field(2, "up"u8.ToArray())]), .. rest]).Message;
        var reader = new RemoteWriteReader(request);
        Assert.True(reader.MoveNext(new SourceMetadata()));
        return reader.TryOnlySample(out timestampMs, out value);
    }
}
