using System.Buffers;
using System.Buffers.Binary;
using Streamline.Storage.Files;

namespace Streamline.Storage.Encoding;

/// <summary>A new file written from front to back through one pooled buffer, with a running checksum. Not thread safe.</summary>
internal sealed class AppendFile : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private readonly DataFile _file;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _buffered;
    private long _flushed;
    private uint _checksum;
    private int _checksumFrom;

    /// <summary>Creates the file; one that exists is an error.</summary>
    public AppendFile(DataFiles files, string path) => _file = files.Create(path);

    public string Path => _file.Path;

    /// <summary>Bytes written so far.</summary>
    public long Position => _flushed + _buffered;

    public void Write(ReadOnlySpan<byte> data)
    {
        while (data.Length > _buffer.Length - _buffered)
        {
            int part = _buffer.Length - _buffered;
            data[..part].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += part;
            data = data[part..];
            Flush();
        }
        data.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += data.Length;
    }

    public void WriteByte(byte value) => Write([value]);

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Room(sizeof(uint)), value);
        _buffered += sizeof(uint);
    }

    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Room(sizeof(ulong)), value);
        _buffered += sizeof(ulong);
    }

    public void WriteUvarint(ulong value)
    {
        // Not one expression: Room may flush, and += would have taken the old count already.
        int bytes = Varint.Write(Room(Varint.MaxBytes), value);
        _buffered += bytes;
    }

    /// <summary>The bytes behind their length.</summary>
    public void WriteText(ReadOnlySpan<byte> text)
    {
        WriteUvarint((ulong)text.Length);
        Write(text);
    }

    /// <summary>Zeros up to the next multiple of a small alignment.</summary>
    public void Pad(int alignment)
    {
        int zeros = (int)((alignment - Position % alignment) % alignment);
        Room(zeros)[..zeros].Clear();
        _buffered += zeros;
    }

    /// <summary>From here on bytes count for <see cref="WriteChecksum"/>.</summary>
    public void StartChecksum()
    {
        _checksum = Crc32C.Start;
        _checksumFrom = _buffered;
    }

    /// <summary>Writes the checksum of the bytes since <see cref="StartChecksum"/>.</summary>
    public void WriteChecksum() =>
        WriteUInt32(Crc32C.Finish(Crc32C.Update(_checksum, _buffer.AsSpan(_checksumFrom, _buffered - _checksumFrom))));

    /// <summary>Fills in a number whose place was written before; it must lie outside every open checksum.</summary>
    public void PatchUInt32(long position, uint value)
    {
        Flush();
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _file.Write(bytes, position);
    }

    /// <summary>Hands the buffered bytes to the system.</summary>
    public void Flush()
    {
        _checksum = Crc32C.Update(_checksum, _buffer.AsSpan(_checksumFrom, _buffered - _checksumFrom));
        _checksumFrom = 0;
        _file.Write(_buffer.AsSpan(0, _buffered), _flushed);
        _flushed += _buffered;
        _buffered = 0;
    }

    /// <summary>Flushes, and forces the file to the disk.</summary>
    public void Sync()
    {
        Flush();
        _file.Sync();
    }

    /// <summary>Closes without flushing: call <see cref="Sync"/> first when the file matters.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _buffered < bytes) Flush();
        return _buffer.AsSpan(_buffered);
    }
}
