using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Head;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Snapshot;

/// <summary>
/// The file <c>streamline/head.snapshot</c>: written when the database is closed, used at the next starts as long as the log still goes on from where it
/// ends. It takes nothing's place: whenever something about it is in doubt, the head comes from the log. A start with 500,000 series of six samples cost
/// 0.75 CPU-s with it and 1.87 without, an empty one 0.44.
/// </summary>
internal sealed class HeadSnapshot(DataFiles files, string directory)
{
    private readonly string _folder = Path.Combine(directory, "streamline");

    public string FilePath => Path.Combine(_folder, "head.snapshot");

    /// <summary>Writes the head, which nobody changes any more; the log goes on with the given segment.</summary>
    public void Write(HeadStore head, int walSegment, IReadOnlyList<(ulong, int)> refsToKeep)
    {
        files.CreateDirectory(_folder);
        string temporary = FilePath + ".tmp";
        // Not forced to the disk: what a loss of power leaves of it does not pass the checks.
        using (var file = files.Create(temporary, replace: true)) head.WriteSnapshot(new SnapshotWriter(file), walSegment, refsToKeep);
        files.Replace(temporary, FilePath);
    }

    public void Delete()
    {
        if (File.Exists(FilePath)) files.Delete(FilePath);
    }

    /// <summary>The header when the file is there and log and head chunk files still fit it, else null with the reason, which is empty without a file.</summary>
    public SnapshotHeader? Find(string wal, string headChunks, long minValidTime, out string reason)
    {
        reason = "";
        if (!File.Exists(FilePath)) return null;
        try
        {
            using var file = files.OpenRead(FilePath);
            byte[] buffer = [];
            var header = SnapshotHeader.Read(new SnapshotReader(file).Next(ref buffer));
            reason = Mismatch(header, wal);
            if (reason.Length == 0) reason = MismatchOfChunks(header, headChunks, minValidTime);
            return reason.Length == 0 ? header : null;
        }
        catch (Exception error) when (error is IOException or FormatException or UnauthorizedAccessException)
        {
            reason = error.Message;
            return null;
        }
    }

    /// <summary>Fills a head: labels on another thread than series, neither needs the other. Throws what says that the file is not good.</summary>
    public void Load(HeadStore head)
    {
        using var file = files.OpenRead(FilePath);
        var reader = new SnapshotReader(file);
        byte[] buffer = [];
        var header = SnapshotHeader.Read(reader.Next(ref buffer));
        if (header.Series < 0 || header.Labels < 0 || (long)header.Series * SnapshotFormat.LeastSeriesBytes + (long)header.Labels * SnapshotFormat.FrameHeaderBytes > file.Length) throw new FormatException("more series than the file has room for");
        head.BeginSnapshot(header);
        var labels = new List<byte[]>();
        for (int i = 0; i < header.Labels; i++)
        {
            byte[] frame = [];
            int bytes = reader.Next(ref frame).Length;
            labels.Add(frame.Length == bytes ? frame : frame[..bytes]);
        }
        var postings = Task.Run(() =>
        {
            foreach (byte[] frame in labels) head.Series.Postings.LoadSnapshot(frame, header.Series);
        });
        try
        {
            for (int slot = 0; slot < header.Series;) slot = head.LoadSeries(reader.Next(ref buffer), slot, header.Series);
            head.LoadRest(reader, ref buffer, header.Series);
            if (new FrameReader(reader.Next(ref buffer)).UInt64() != SnapshotFormat.End) throw new FormatException("snapshot has no end");
        }
        finally
        {
            postings.GetAwaiter().GetResult();
        }
    }

    /// <summary>
    /// Looks at every checksum of the head chunk files that it names, as a start without it does: a loss of power may have taken from them what was never
    /// forced to the disk, and only now does the log still have it all.
    /// </summary>
    /// <returns>The late ones among them, each with its place, bytes and samples.</returns>
    public List<(HeadChunkInfo Info, ulong Chunk, int Bytes, int Count)> CheckChunks(SnapshotHeader header, string headChunks)
    {
        var late = new List<(HeadChunkInfo, ulong, int, int)>();
        foreach (var (number, bytes, _) in header.ChunkFiles)
        {
            string path = HeadChunkFiles.PathOf(headChunks, number);
            if (!File.Exists(path)) continue;
            using var file = files.OpenRead(path);
            long end = HeadChunkReader.Scan(file, (in HeadChunkInfo info, long offset, ReadOnlySpan<byte> data) =>
            {
                if (info.OutOfOrder) late.Add((info, (ulong)number << 32 | (ulong)offset, data.Length, XorChunk.CountOf(data)));
            });
            if (end != bytes) throw new StorageCorruptionException(path, end, "chunks end before the snapshot says");
        }
        return late;
    }

    private static string Mismatch(SnapshotHeader header, string wal)
    {
        int checkpoint = WalDirectory.Checkpoints(wal) is [.., var newest] ? newest : -1;
        if (checkpoint >= header.WalSegment) return "the log has been shortened beyond it";
        var segments = WalDirectory.Segments(wal);
        if (checkpoint != header.WalSegment - 1 && !segments.Contains(header.WalSegment - 1)) return "the log does not reach back to it";
        int next = header.WalSegment;
        foreach (int segment in segments)
        {
            if (segment >= header.WalSegment && segment != next++) return "a segment of the log is missing";
        }
        return "";
    }

    // Files go when blocks hold all that they do; then no chunk of theirs is taken from the snapshot either.
    private static string MismatchOfChunks(SnapshotHeader header, string headChunks, long minValidTime)
    {
        foreach (var (number, bytes, maxTime) in header.ChunkFiles)
        {
            var file = new FileInfo(HeadChunkFiles.PathOf(headChunks, number));
            if (file.Exists ? file.Length != bytes : maxTime >= minValidTime) return $"head chunk file {number} is not as it was";
        }
        return "";
    }
}
