using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Snapshot;

/// <summary>Writes frames (docs/snapshot.md): what is put into one comes out of one, checked as a whole. Numbers little endian. Not thread safe.</summary>
internal sealed class SnapshotWriter(DataFile file)
{
    private byte[] _frame = new byte[1 << 20];
    private int _length = SnapshotFormat.FrameHeaderBytes;
    private long _offset;

    /// <summary>Bytes in the frame so far.</summary>
    public int FrameBytes => _length - SnapshotFormat.FrameHeaderBytes;

    public void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    public void Put(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);
        _length += sizeof(ulong);
    }

    public void Put(long value) => Put((ulong)value);

    public void Put(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), value);
        _length += sizeof(int);
    }

    /// <summary>Bytes behind their length.</summary>
    public void PutText(ReadOnlySpan<byte> bytes)
    {
        Put(bytes.Length);
        Put(bytes);
    }

    /// <summary>Writes the frame and begins the next.</summary>
    public void EndFrame()
    {
        var frame = _frame.AsSpan(0, _length);
        BinaryPrimitives.WriteInt32LittleEndian(frame, FrameBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[sizeof(int)..], Crc32C.Of(frame[SnapshotFormat.FrameHeaderBytes..]));
        file.Write(frame, _offset);
        _offset += _length;
        _length = SnapshotFormat.FrameHeaderBytes;
    }

    /// <summary>Ends the frame when it is long enough, between two of a list of things.</summary>
    public void EndFullFrame()
    {
        if (FrameBytes >= SnapshotFormat.FrameBytes) EndFrame();
    }

    /// <summary>Ends the last frame of a list of things.</summary>
    public void EndLastFrame()
    {
        if (FrameBytes > 0) EndFrame();
    }

    private Span<byte> Room(int bytes)
    {
        if (_frame.Length - _length < bytes) Array.Resize(ref _frame, Math.Max(_frame.Length * 2, _length + bytes));
        return _frame.AsSpan(_length);
    }
}
