using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Streamline.Storage.Encoding;

namespace Streamline.Pipeline.Alerting;

/// <summary>
/// A file of checked records, appended with one write(2) at a time and rewritten whole now and then. Layout: four letters, version byte 1, three zero bytes; then
/// per record length (u32), CRC-32C of the payload (u32), payload; all little endian. A torn or damaged tail ends the reading; the rewrite that follows cuts it
/// off. One owner thread, except <see cref="Sync"/>.
/// </summary>
internal sealed class JournalFile(string path, string letters, int maxRecordBytes = JournalFile.UsualRecordBytes) : IDisposable
{
    private const int HeaderBytes = 8;
    private const int RecordHeaderBytes = 8;
    private const int UsualRecordBytes = 4 << 20; // labels and texts of one alert: checked before use
    private const long GrownBytes = 16 << 20;    // a journal this large is mostly history
    private const int SpillBytes = 1 << 20;      // a rewrite goes out in pieces: a large state is never whole in memory twice

    private readonly byte[] _header = [.. System.Text.Encoding.ASCII.GetBytes(letters), 1, 0, 0, 0];
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private SafeFileHandle? _file;
    private long _length;
    private long _rewrittenLength;
    private int _recordStart;

    // The content that is being put in the file's place, and how much of it is written.
    private SafeFileHandle? _next;
    private long _nextLength;

    /// <summary>Reads one payload; false when it makes no sense, which ends the reading.</summary>
    public delegate bool RecordReader(ReadOnlySpan<byte> payload);

    /// <summary>Bytes in the file.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>True when <see cref="BeginRewrite"/> pays.</summary>
    public bool IsGrown => _length + _buffer.WrittenCount > Math.Max(GrownBytes, 2 * _rewrittenLength);

    /// <summary>Reads all good records; returns a line for the log when something was damaged.</summary>
    public string? Load(RecordReader read)
    {
        if (!File.Exists(path)) return null;
        using var file = File.OpenHandle(path);
        long size = RandomAccess.GetLength(file);
        byte[] bytes = new byte[(int)Math.Min(SpillBytes, Math.Max(size, HeaderBytes))];
        int held = RandomAccess.Read(file, bytes, 0);
        if (!bytes.AsSpan(0, held).StartsWith(_header)) return $"{path}: not a journal of this version; its state starts anew";
        long at = HeaderBytes;
        long start = 0;
        while (Need(RecordHeaderBytes))
        {
            var header = bytes.AsSpan((int)(at - start));
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);
            uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (length > maxRecordBytes || !Need(RecordHeaderBytes + (int)length)) break;
            var payload = bytes.AsSpan((int)(at - start) + RecordHeaderBytes, (int)length);
            if (Crc32C.Of(payload) != crc || !read(payload)) break;
            at += RecordHeaderBytes + (int)length;
        }
        return at == size ? null : $"{path}: damaged at offset {at}; the {size - at} bytes after it are lost";

        // Brings this many bytes from the place reached into the buffer; a length is believed only as far as the file goes.
        bool Need(int count)
        {
            if (at + count <= start + held) return true;
            if (at + count > size) return false;
            if (count > bytes.Length) bytes = new byte[count];
            (start, held) = (at, 0);
            while (held < count)
            {
                int got = RandomAccess.Read(file, bytes.AsSpan(held), start + held);
                if (got == 0) return false;
                held += got;
            }
            return true;
        }
    }

    /// <summary>Starts a new content; records follow, then <see cref="EndRewrite"/>.</summary>
    public void BeginRewrite()
    {
        Discard();
        _next = File.OpenHandle(path + ".tmp", FileMode.Create, FileAccess.Write, FileShare.Read);
        _nextLength = 0;
        _buffer.Write(_header);
    }

    /// <summary>Puts the new content in place: written beside the file, synced, renamed. Fails whole: the file before it stays and is appended to.</summary>
    /// <exception cref="IOException">The new file cannot be written.</exception>
    public void EndRewrite()
    {
        try
        {
            Spill();
            RandomAccess.FlushToDisk(_next!);
            File.Move(path + ".tmp", path, overwrite: true);
            _length = _rewrittenLength = _nextLength;
            (_next, SafeFileHandle? old) = (null, Interlocked.Exchange(ref _file, _next));
            old?.Dispose();
        }
        finally
        {
            // A header among the records would end the reading there.
            Discard();
        }
    }

    /// <summary>Forgets what was added and not written, and a rewrite that was begun.</summary>
    public void Discard()
    {
        _buffer.Clear();
        _next?.Dispose();
        _next = null;
    }

    /// <summary>Opens a record; what is written to the returned writer until <see cref="EndRecord"/> is its payload.</summary>
    public IBufferWriter<byte> BeginRecord()
    {
        _recordStart = _buffer.WrittenCount;
        _buffer.Write(stackalloc byte[RecordHeaderBytes]);
        return _buffer;
    }

    public void EndRecord()
    {
        var record = MemoryMarshal.AsMemory(_buffer.WrittenMemory)[_recordStart..].Span;
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(record.Length - RecordHeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Of(record[RecordHeaderBytes..]));
        if (_next is null || _buffer.WrittenCount < SpillBytes) return;
        try
        {
            Spill();
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Writes the records since the last call with one write(2). When that fails they wait for the next call.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Flush(bool sync = false)
    {
        if (_buffer.WrittenCount == 0 || _file is null) return;
        RandomAccess.Write(_file, _buffer.WrittenSpan, _length);
        _length += _buffer.WrittenCount;
        _buffer.Clear();
        if (sync) Sync();
    }

    /// <summary>Forces the file to the disk; any thread.</summary>
    public void Sync()
    {
        if (Volatile.Read(ref _file) is { } file) RandomAccess.FlushToDisk(file);
    }

    public void Dispose()
    {
        Discard();
        _file?.Dispose();
    }

    private void Spill()
    {
        RandomAccess.Write(_next!, _buffer.WrittenSpan, _nextLength);
        _nextLength += _buffer.WrittenCount;
        _buffer.Clear();
    }
}
