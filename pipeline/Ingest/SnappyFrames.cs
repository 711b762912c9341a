using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Pipeline.Ingest;

/// <summary>Unpacks a snappy stream of frames (google/snappy, framing_format.txt), which is what Go's snappy writers send as Content-Encoding.</summary>
internal static class SnappyFrames
{
    private const int MaxFrameBytes = 65_536;
    private const byte Packed = 0x00, Plain = 0x01, FirstSkippable = 0x80, StreamId = 0xff;

    /// <exception cref="IngestFormatException">The stream is broken or unpacks to more than <paramref name="maxBytes"/>.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> stream, int maxBytes)
    {
        var unpacked = new MemoryStream();
        byte[] frame = new byte[MaxFrameBytes];
        for (int at = 0; at < stream.Length;)
        {
            if (stream.Length - at < 4) throw new IngestFormatException($"snappy: a frame is cut short at byte {at}");
            byte type = stream[at];
            int length = stream[at + 1] | stream[at + 2] << 8 | stream[at + 3] << 16;
            if (length > stream.Length - at - 4) throw new IngestFormatException($"snappy: the frame at byte {at} reaches past the body");
            if (at == 0 && type != StreamId) throw new IngestFormatException("snappy: not a stream of frames");
            var content = stream.Slice(at + 4, length);
            at += 4 + length;
            if (type is Packed or Plain) unpacked.Write(Frame(type, content, frame));
            else if (type < FirstSkippable) throw new IngestFormatException($"snappy: unknown frame type {type}");
            if (unpacked.Length > maxBytes) throw new IngestFormatException($"snappy: the body unpacks to more than {maxBytes} bytes");
        }
        return unpacked.ToArray();
    }

    private static ReadOnlySpan<byte> Frame(byte type, ReadOnlySpan<byte> content, byte[] frame)
    {
        if (content.Length < 4) throw new IngestFormatException("snappy: a frame lacks its checksum");
        var data = content[4..];
        if (type == Packed)
        {
            if (!Snappy.TryGetLength(data, MaxFrameBytes, out int length) || !Snappy.TryDecode(data, frame.AsSpan(0, length), out _)) throw new IngestFormatException("snappy: a frame is broken");
            data = frame.AsSpan(0, length);
        }
        else if (data.Length > MaxFrameBytes)
        {
            throw new IngestFormatException("snappy: a frame is larger than the format allows");
        }
        if (Masked(Crc32C.Of(data)) != BinaryPrimitives.ReadUInt32LittleEndian(content)) throw new IngestFormatException("snappy: a frame's checksum is wrong");
        return data;
    }

    // As the format has it: checksums of data that holds checksums are not to be trusted.
    private static uint Masked(uint checksum) => ((checksum >> 15) | (checksum << 17)) + 0xa282ead8;
}
