using System.Buffers;
using Streamline.Storage.Files;

namespace Streamline.Storage.Encoding;

/// <summary>
/// A pooled piece of a file that does not change, read with positioned reads; the file is shared and stays the owner's. Single reads load little, reads
/// that go forward load ever more up to a bound. Not thread safe; spans live until the next call.
/// </summary>
internal sealed class FileWindow(DataFile source, long length) : IDisposable
{
    private const int FirstRead = 4 << 10, MostReadAhead = 128 << 10;

    private byte[] _buffer = [];
    private long _start;
    private int _filled;
    private int _ahead = FirstRead;

    public string File => source.Path;

    /// <summary>Length of the file when it was opened.</summary>
    public long Length => length;

    /// <summary>Exactly <paramref name="count"/> bytes at an offset.</summary>
    /// <exception cref="StorageCorruptionException">The file ends before that.</exception>
    public ReadOnlySpan<byte> Read(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > length - count) throw new StorageCorruptionException(source.Path, offset, $"{count} bytes are needed, the file has {length}");
        if (offset < _start || offset + count > _start + _filled) Load(offset, count);
        return _buffer.AsSpan((int)(offset - _start), count);
    }

    /// <summary>Up to <paramref name="most"/> bytes at an offset: fewer only at the file's end.</summary>
    public ReadOnlySpan<byte> ReadUpTo(long offset, int most) =>
        Read(offset, (int)Math.Max(0, Math.Min(most, length - offset)));

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _filled = 0;
    }

    private void Load(long offset, int count)
    {
        bool forward = _filled > 0 && offset >= _start && offset <= _start + _filled + FirstRead;
        _ahead = forward ? Math.Min(_ahead * 2, MostReadAhead) : FirstRead;
        int want = (int)Math.Min(Math.Max(count, _ahead), length - offset);
        if (_buffer.Length < want)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(want);
        }
        _start = offset;
        _filled = 0;
        while (_filled < want)
        {
            int read = source.Read(_buffer.AsSpan(_filled, want - _filled), offset + _filled);
            if (read == 0) break;
            _filled += read;
        }
        if (_filled < count) throw new StorageCorruptionException(source.Path, offset, $"{count} bytes are needed, {_filled} could be read: the file was cut");
    }
}
