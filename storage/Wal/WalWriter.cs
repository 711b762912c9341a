using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Wal;

/// <summary>
/// Appends records to segments: those added since <see cref="Begin"/> go to the file in one write. After a failed write the file is cut back, so that the next
/// commit starts on clean ground. One thread at a time, but for <see cref="Sync"/>. What happens when the disk fails: WalWriter.Durability.cs.
/// </summary>
internal sealed partial class WalWriter : IDisposable
{
    private readonly DataFiles _files;
    private readonly string _directory;
    private readonly int _segmentBytes;
    private readonly WalCounters _counters;
    private readonly TimeProvider _time;
    private byte[] _out = new byte[64 << 10];
    private int _length;
    // Null while the file system refuses a new one.
    private volatile WalSegment? _segment;
    private bool _closed;

    /// <summary>
    /// The first write makes segment <paramref name="firstSegment"/>: a new process never appends to an old one's segment. A full disk is no error here: commits
    /// are refused until there is room.
    /// </summary>
    public WalWriter(DataFiles files, string directory, int firstSegment, int segmentBytes, FsyncPolicy policy, WalCounters counters, TimeProvider time)
    {
        _files = files;
        (_directory, _segmentBytes, _counters, _time) = (directory, segmentBytes, counters, time);
        Policy = policy;
        Segment = firstSegment;
        try
        {
            _segment = OpenSegment(firstSegment);
        }
        catch (IOException)
        {
            _counters.WritesFailed.Add(1);
        }
    }

    /// <summary>The segment that is written to.</summary>
    public int Segment { get; private set; }

    /// <summary>How records are packed; the writer disposes it.</summary>
    public RecordPacker Packer { get; init; } = new(WalCompression.Snappy);

    /// <summary>Told in words when the disk fails and when the log goes on; on the thread that met it.</summary>
    public Action<TsdbLogLevel, string> Report { get; init; } = static (_, _) => { };

    /// <summary>When what is written is forced to the disk; any thread may change it.</summary>
    public FsyncPolicy Policy { get; set; }

    /// <summary>Bytes added since <see cref="Begin"/>.</summary>
    public int Pending => _length;

    /// <summary>Starts a commit.</summary>
    public void Begin()
    {
        // Before anything is framed: a new segment begins at another place in the page.
        if (_inDoubt && !_closed) TryRecover();
        _length = 0;
    }

    /// <summary>Frames a record, packed when that makes it much smaller.</summary>
    public void Add(ReadOnlySpan<byte> record)
    {
        if (!_closed) Frame(Packer.Pack(record, out byte flags), flags);
    }

    /// <summary>Writes what was added. False when the file system refuses: nothing of the commit is in the log then.</summary>
    public bool TryWrite(out string error)
    {
        error = _closed ? "the database is closed" : _inDoubt ? $"write-ahead log {Path}: {_doubt}" : "";
        if (error.Length > 0) return false;
        try
        {
            var segment = _segment ??= OpenSegment(Segment);
            if (segment.HasTornTail && !segment.TryCutBack()) throw new IOException("what a failed write left cannot be cut off");
            segment.File.Write(_out.AsSpan(0, _length), segment.Written);
            // Behind what counts as written: when this fails they are cut off, and the batch is refused.
            if (Policy == FsyncPolicy.Commit) Force(segment, _length);
            segment.Written += _length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error = $"write-ahead log {Path}: {failure.Message}";
            _counters.WritesFailed.Add(1);
            _segment?.TryCutBack();
            return false;
        }
        _counters.BytesWritten.Add(_length);
        _counters.PageFlushes.Add(1);
        if (_segment.Written >= _segmentBytes) RotateQuietly();
        return true;
    }

    /// <summary>Ends the segment and starts the next, as before a checkpoint. Throws when the file system refuses, and then the old one goes on.</summary>
    public void Rotate()
    {
        _length = 0;
        if (_segment is { } old)
        {
            if (old.HasTornTail && !old.TryCutBack()) throw new IOException($"write-ahead log {Path}: what a failed write left cannot be cut off");
            // First: a segment that has others behind it is whole on the disk, or a loss of power would take those too.
            Force(old);
        }
        Advance();
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        Packer.Dispose();
        if (_segment is not { } segment) return;
        using (segment) Force(segment);
    }

    /// <summary>As a crash leaves it: nothing more is written, nothing forced to the disk. For tests.</summary>
    internal void Abandon()
    {
        _closed = true;
        Packer.Dispose();
        _segment?.Dispose();
    }

    private string Path => WalDirectory.SegmentPath(_directory, Segment);

    private void Advance()
    {
        var next = OpenSegment(Segment + 1);
        var old = _segment;
        Segment++;
        _segment = next;
        old?.Dispose();
    }

    private WalSegment OpenSegment(int index)
    {
        _files.CreateDirectory(_directory);
        var file = _files.Create(WalDirectory.SegmentPath(_directory, index), replace: true);
        try
        {
            _files.SyncDirectory(_directory);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        return new WalSegment(file);
    }

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

    private int PageLeft() => WalFormat.PageBytes - (int)(((_segment?.Written ?? 0) + _length) % WalFormat.PageBytes);

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
