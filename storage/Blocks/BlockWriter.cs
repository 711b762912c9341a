using System.Runtime.InteropServices;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Histograms;
using Streamline.Storage.Index;

namespace Streamline.Storage.Blocks;

/// <summary>What a new block covers and comes from.</summary>
internal sealed record BlockOrigin(long MinTimeMs, long MaxTimeMs)
{
    /// <summary>Compaction level; 1 for a block cut from a head.</summary>
    public int Level { get; init; } = 1;

    /// <summary>The head blocks that went into it; null for a block cut from a head, which names itself.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>The blocks that a compaction made it of.</summary>
    public IReadOnlyList<BlockParent>? Parents { get; init; }

    public IReadOnlyList<string>? Hints { get; init; }

    public BlockFormat Format { get; init; } = BlockFormat.Usual;
}

/// <summary>
/// Writes a block: series in label order, each with its chunks in time order. Everything goes to <c>&lt;ULID&gt;.tmp-for-creation</c> and is forced to the disk
/// before the directory gets its name, so a block that can be seen is whole. Disposed without <see cref="Finish"/>, it leaves nothing behind.
/// </summary>
internal sealed class BlockWriter : IDisposable
{
    public const string TemporarySuffix = ".tmp-for-creation";
    public const string IndexName = "index";

    private readonly DataFiles _files;
    private readonly string _dataDirectory;
    private readonly string _directory;
    private readonly string _ulid;
    private readonly BlockOrigin _origin;
    private readonly ChunkSegmentWriter _chunks;
    private readonly IndexWriter _index;
    private readonly List<ChunkMeta> _metas = [];
    private Labels? _series;
    private long _samples, _floats, _chunkCount;
    private bool _finished;

    public BlockWriter(DataFiles files, string dataDirectory, TimeProvider time, BlockOrigin origin)
    {
        _files = files;
        _dataDirectory = dataDirectory;
        _origin = origin;
        _ulid = Ulid.New(time);
        _directory = Path.Combine(dataDirectory, _ulid + TemporarySuffix);
        string chunks = Path.Combine(_directory, ChunkFiles.DirectoryName);
        _chunks = new ChunkSegmentWriter(files, chunks, origin.Format.MaxSegmentBytes);
        try
        {
            files.CreateDirectory(chunks);
            _index = new IndexWriter(files, Path.Combine(_directory, IndexName));
        }
        catch
        {
            // A full disk is met at every attempt: what each made so far must not add up.
            if (Directory.Exists(_directory)) files.DeleteDirectory(_directory);
            throw;
        }
    }

    /// <summary>How floats are encoded here.</summary>
    public FloatChunkEncoding Floats => _origin.Format.Floats;

    /// <summary>Starts the next series; one without chunks is left out.</summary>
    public void StartSeries(Labels labels)
    {
        EndSeries();
        _series = labels;
    }

    /// <summary>Adds a finished chunk to the started series.</summary>
    /// <param name="minMs">Time of its first sample.</param>
    /// <param name="maxMs">Time of its last sample.</param>
    /// <param name="chunk">Its bytes; the first two are the sample count in every encoding.</param>
    /// <param name="encoding">Its encoding.</param>
    public void AddChunk(long minMs, long maxMs, ReadOnlySpan<byte> chunk, byte encoding = XorChunk.EncodingId)
    {
        if (minMs < _origin.MinTimeMs || maxMs >= _origin.MaxTimeMs) throw new ArgumentException($"chunk {minMs}..{maxMs} lies outside the block {_origin.MinTimeMs}..{_origin.MaxTimeMs}", nameof(minMs));
        _metas.Add(new ChunkMeta(minMs, maxMs, _chunks.Add(encoding, chunk)));
        int samples = HistogramChunk.CountOf(chunk, encoding);
        _samples += samples;
        if (!HistogramChunk.IsEncoding(encoding)) _floats += samples;
        _chunkCount++;
        if (_origin.Level == 1) _origin.Format.ChunkWritten?.Invoke(chunk.Length, samples, maxMs - minMs);
    }

    /// <summary>Makes the block visible and returns its meta; null when no sample was added, and then no block is there.</summary>
    public BlockMeta? Finish()
    {
        EndSeries();
        if (_samples == 0) return null;
        _chunks.Finish();
        _index.Finish();
        Tombstones.None.Write(_files, _directory);
        var meta = new BlockMeta
        {
            Ulid = _ulid,
            MinTimeMs = _origin.MinTimeMs,
            MaxTimeMs = _origin.MaxTimeMs,
            Stats = new BlockStats { NumSamples = _samples, NumFloatSamples = _floats, NumHistogramSamples = _samples - _floats, NumSeries = _index.SeriesCount, NumChunks = _chunkCount },
            Compaction = new BlockCompaction { Level = _origin.Level, Sources = _origin.Sources ?? [_ulid], Parents = _origin.Parents, Hints = _origin.Hints },
        };
        meta.Write(_files, _directory);
        Close();
        _files.MoveDirectory(_directory, Path.Combine(_dataDirectory, _ulid));
        _files.SyncDirectory(_dataDirectory);
        _finished = true;
        return meta;
    }

    public void Dispose()
    {
        Close();
        if (!_finished && Directory.Exists(_directory)) _files.DeleteDirectory(_directory);
    }

    private void EndSeries()
    {
        if (_metas.Count > 0) _index.AddSeries(_series ?? throw new InvalidOperationException("a chunk without a series"), CollectionsMarshal.AsSpan(_metas));
        _metas.Clear();
    }

    private void Close()
    {
        _chunks.Dispose();
        _index.Dispose();
    }
}
