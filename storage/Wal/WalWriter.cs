using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Wal;

/// <summary>
/// Appends records to segments: those added since <see cref="Begin"/> go to the file in one write. After a failed write the file is cut back, so that the next
/// commit starts on clean ground. One thread at a time, but for <see cref="Sync"/>.
/// </summary>
internal sealed class WalWriter : IDisposable
{
    private readonly DataFiles _files;
    private readonly string _directory;
    private readonly int _segmentBytes;
    private readonly bool _syncEachWrite;
    private readonly WalCounters _counters;
    private byte[] _out = new byte[64 << 10];
    private int _length;
    private DataFile? _file;
    private long _offset;
    private volatile bool _dirty;
    private bool _closed;

    /// <summary>The first write makes segment <paramref name="firstSegment"/>: a new process never appends to an old one's segment.</summary>
    public WalWriter(DataFiles files, string directory, int firstSegment, int segmentBytes, FsyncPolicy policy, WalCounters counters)
    {
        files.CreateDirectory(directory);
        _files = files;
        (_directory, _segmentBytes, _counters) = (directory, segmentBytes, counters);
        _syncEachWrite = policy == FsyncPolicy.Commit;
        Segment = firstSegment;
        _file = OpenSegment(firstSegment);
    }

    /// <summary>The segment that is written to.</summary>
    public int Segment { get; private set; }

    /// <summary>How records are packed; the writer disposes it.</summary>
    public RecordPacker Packer { get; init; } = new(WalCompression.Snappy);

    /// <summary>Starts a commit.</summary>
    public void Begin() => _length = 0;

    /// <summary>Frames a record, packed when that makes it much smaller.</summary>
    public void Add(ReadOnlySpan<byte> record)
    {
        if (!_closed) Frame(Packer.Pack(record, out byte flags), flags);
    }

    /// <summary>Writes what was added. False when the file system refuses: nothing of the commit is in the log then.</summary>
    public bool TryWrite(out string error)
    {
        error = "";
        if (_closed)
        {
            error = "the database is closed";
            return false;
        }
        try
        {
            _file ??= OpenSegment(Segment);
            _file.Write(_out.AsSpan(0, _length), _offset);
            _dirty = true;
            if (_syncEachWrite) Sync();
            _offset += _length;
            _counters.BytesWritten.Add(_length);
            _counters.PageFlushes.Add(1);
            if (_offset >= _segmentBytes) RotateQuietly();
            return true;
        }
        catch (IOException failure)
        {
            error = $"write-ahead log {WalDirectory.SegmentPath(_directory, Segment)}: {failure.Message}";
            _counters.WritesFailed.Add(1);
            CutBack();
            return false;
        }
    }

    /// <summary>Ends the segment and starts the next, as before a checkpoint. Throws when the file system refuses.</summary>
    public void Rotate()
    {
        var next = OpenSegment(Segment + 1);
        Segment++;
        _length = 0;
        var old = Interlocked.Exchange(ref _file, next);
        _offset = 0;
        if (old is null) return;
        using (old) old.Sync();
    }

    /// <summary>Forces written bytes to the disk; any thread.</summary>
    public void Sync()
    {
        if (!_dirty || _file is not { } file) return;
        _dirty = false;
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            file.Sync();
        }
        catch (ObjectDisposedException)
        {
            // Rotated meanwhile; rotation syncs before it closes.
        }
        _counters.FsyncDone(TimeProvider.System.GetElapsedTime(start));
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        Packer.Dispose();
        if (_file is null) return;
        using (_file) _file.Sync();
    }

    /// <summary>As a crash leaves it: nothing more is written, nothing forced to the disk. For tests.</summary>
    internal void Abandon()
    {
        _closed = true;
        Packer.Dispose();
        _file?.Dispose();
    }

    private DataFile OpenSegment(int index) => _files.Create(WalDirectory.SegmentPath(_directory, index), replace: true);

    // The commit is in the log already: a full disk here means only that the next write tries again.
    private void RotateQuietly()
    {
        try
        {
            Rotate();
        }
        catch (IOException)
        {
            _counters.WritesFailed.Add(1);
        }
    }

    private void CutBack()
    {
        try
        {
            _file?.SetLength(_offset);
        }
        catch (IOException)
        {
            // The next write goes to the same offset and covers the remains; after a crash replay cuts them off.
        }
    }

    private void Frame(ReadOnlySpan<byte> data, byte flags)
    {
        for (bool first = true; first || !data.IsEmpty; first = false)
        {
            int left = PageLeft();
            Reserve(left);
            // An empty fragment in the last seven bytes of a page would say nothing.
            if (left <= WalFormat.HeaderBytes)
            {
                _out.AsSpan(_length, left).Clear();
                _length += left;
                left = WalFormat.PageBytes;
                Reserve(left);
            }
            int part = Math.Min(data.Length, left - WalFormat.HeaderBytes);
            bool last = part == data.Length;
            byte position = (first, last) switch
            {
                (true, true) => WalFormat.Full,
                (true, false) => WalFormat.First,
                (false, true) => WalFormat.Last,
                (false, false) => WalFormat.Middle,
            };
            PutFragment((byte)(position | flags), data[..part]);
            data = data[part..];
        }
    }

    private int PageLeft() => WalFormat.PageBytes - (int)((_offset + _length) % WalFormat.PageBytes);

    private void PutFragment(byte type, ReadOnlySpan<byte> data)
    {
        var target = _out.AsSpan(_length);
        target[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(target[3..], Crc32C.Of(data));
        data.CopyTo(target[WalFormat.HeaderBytes..]);
        _length += WalFormat.HeaderBytes + data.Length;
    }

    private void Reserve(int bytes)
    {
        if (_length + bytes > _out.Length) Array.Resize(ref _out, Math.Max(_out.Length * 2, _length + bytes));
    }
}
