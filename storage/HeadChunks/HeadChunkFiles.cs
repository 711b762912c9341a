using System.Globalization;
using Streamline.Storage.Files;

namespace Streamline.Storage.HeadChunks;

/// <summary>
/// The files of <c>chunks_head/</c>, in Prometheus's format: chunks that are full, so that memory need not hold them. Chunks are gathered by
/// <see cref="Add"/> and go to the newest file with one write each <see cref="TryFlush"/>; only then may their memory be given up. Never forced to the disk:
/// the write-ahead log has the same samples. Writing is one thread's at a time (the committer); reading is anybody's.
/// </summary>
internal sealed class HeadChunkFiles : IDisposable
{
    private readonly DataFiles _files;
    private readonly string _directory;
    // Numbers ascend without gaps. Replaced, never changed: readers take it as it is.
    private volatile HeadChunkFile[] _all = [];
    private byte[] _pending = new byte[64 << 10];
    private int _pendingBytes;
    private HeadChunkFile? _current;
    // A number is never given twice, so that a chunk's reference means one chunk as long as the process lives.
    private int _lastNumber;
    private readonly List<(HeadChunkInfo Info, int Start)> _pendingChunks = [];

    public HeadChunkFiles(DataFiles files, string directory) => (_files, _directory) = (files, directory);

    /// <summary>Bytes gathered and not yet written.</summary>
    public int PendingBytes => _pendingBytes;

    /// <summary>Bytes of all files.</summary>
    public long StoredBytes
    {
        get
        {
            long sum = 0;
            foreach (var file in _all) sum += file.Bytes;
            return sum;
        }
    }

    /// <summary>Files, oldest first.</summary>
    public IReadOnlyList<HeadChunkFile> All => _all;

    public static string PathOf(string directory, int number) => Path.Combine(directory, number.ToString("D6", CultureInfo.InvariantCulture));

    /// <summary>Adds a file found at start, in order; the next chunk begins a new one behind them.</summary>
    public void Adopt(HeadChunkFile found) => _all = [.. _all, found];

    /// <summary>Gathers a chunk; <see cref="TryFlush"/> tells where it went. Batches stay far below the size of a file.</summary>
    public void Add(in HeadChunkInfo info, ReadOnlySpan<byte> data)
    {
        int most = HeadChunkFormat.MostMetaBytes + data.Length;
        if (_pendingBytes + most > _pending.Length) Array.Resize(ref _pending, Math.Max(_pending.Length * 2, _pendingBytes + most));
        _pendingChunks.Add((info, _pendingBytes));
        _pendingBytes += HeadChunkFormat.Write(_pending.AsSpan(_pendingBytes), info, data);
    }

    /// <summary>Writes what was gathered and gives each chunk's reference in order. When the file system refuses nothing is gathered any more: begin anew.</summary>
    public bool TryFlush(List<ulong> references, out string error)
    {
        references.Clear();
        error = "";
        try
        {
            if (_pendingBytes > 0) Write(references);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            references.Clear();
            error = failure.Message;
            return false;
        }
        finally
        {
            _pendingChunks.Clear();
            _pendingBytes = 0;
            if (_pending.Length > MostKeptBuffer) _pending = new byte[64 << 10];
        }
    }

    /// <summary>A burst's buffer is not kept beyond this.</summary>
    private const int MostKeptBuffer = 1 << 20;

    /// <summary>Reads a chunk into a buffer of <see cref="HeadChunkReader.BufferBytes"/>; returns where its data begins there.</summary>
    /// <exception cref="StorageCorruptionException">It is not what was written.</exception>
    public int Read(ulong reference, int dataBytes, Span<byte> buffer)
    {
        int number = (int)(reference >> 32);
        var file = Find(number) ?? throw new StorageCorruptionException(PathOf(_directory, number), (long)(reference & uint.MaxValue), "head chunk file is not there");
        return HeadChunkReader.Read(file.File, (long)(reference & uint.MaxValue), dataBytes, buffer);
    }

    /// <summary>Reads what follows a place as far as the file goes; returns the bytes read.</summary>
    /// <exception cref="StorageCorruptionException">There is no such file.</exception>
    public int ReadAhead(ulong reference, Span<byte> buffer)
    {
        int number = (int)(reference >> 32);
        var file = Find(number) ?? throw new StorageCorruptionException(PathOf(_directory, number), (long)(reference & uint.MaxValue), "head chunk file is not there");
        return file.File.Read(buffer, (long)(reference & uint.MaxValue));
    }

    /// <summary>The next chunk begins a new file, if the newest has any.</summary>
    public void CutFile() => _current = null;

    /// <summary>
    /// Deletes the oldest files as far as all their chunks end before a time, so that numbers stay without gaps. Their content stays readable until the
    /// returned ones are handed to <see cref="Forget"/>.
    /// </summary>
    public IEnumerable<HeadChunkFile> DeleteBefore(long minTimeMs)
    {
        foreach (var file in _all)
        {
            if (file == _current || file.MaxTime >= minTimeMs || file.IsPinned) yield break;
            if (_deleted.Contains(file.Number)) continue;
            _files.Delete(PathOf(_directory, file.Number));
            _deleted.Add(file.Number);
            yield return file;
        }
    }

    private readonly HashSet<int> _deleted = [];

    /// <summary>Closes a deleted file: nobody reads it any more.</summary>
    public void Forget(HeadChunkFile file)
    {
        _all = Array.FindAll(_all, f => f != file);
        _deleted.Remove(file.Number);
        file.File.Dispose();
    }

    /// <summary>An out-of-order chunk found at start is in use: its file stays, whatever its times.</summary>
    public void Pin(ulong reference) => Find((int)(reference >> 32))?.Pin();

    /// <summary>An out-of-order chunk is needed no more.</summary>
    public void Unpin(ulong reference) => Find((int)(reference >> 32))?.Unpin();

    /// <summary>Closes all files. Only when nobody reads.</summary>
    public void Dispose()
    {
        foreach (var file in _all) file.File.Dispose();
        _all = [];
        _current = null;
    }

    private HeadChunkFile? Find(int number)
    {
        foreach (var file in _all)
        {
            if (file.Number == number) return file;
        }
        return null;
    }

    private void Write(List<ulong> references)
    {
        bool fresh = _current is null || _current.Bytes + _pendingBytes > HeadChunkFormat.MostFileBytes;
        var file = fresh ? Create() : _current!;
        try
        {
            file.File.Write(_pending.AsSpan(0, _pendingBytes), file.Bytes);
        }
        catch when (fresh)
        {
            file.File.Dispose();
            throw;
        }
        foreach (var (info, start) in _pendingChunks)
        {
            file.Note(info);
            if (info.OutOfOrder) file.Pin();
            references.Add((ulong)file.Number << 32 | (ulong)(file.Bytes + start));
        }
        file.Bytes += _pendingBytes;
        if (!fresh) return;
        _lastNumber = file.Number;
        _all = [.. _all, file];
        _current = file;
    }

    private HeadChunkFile Create()
    {
        _files.CreateDirectory(_directory);
        int number = Math.Max(_lastNumber, _all is [.., var last] ? last.Number : 0) + 1;
        var file = new HeadChunkFile(number, _files.Create(PathOf(_directory, number), replace: true), HeadChunkFormat.FileHeaderBytes);
        try
        {
            Span<byte> header = stackalloc byte[HeadChunkFormat.FileHeaderBytes];
            HeadChunkFormat.WriteFileHeader(header);
            file.File.Write(header, 0);
            return file;
        }
        catch
        {
            file.File.Dispose();
            throw;
        }
    }
}
