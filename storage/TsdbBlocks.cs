using System.Collections.Concurrent;
using Streamline.Storage.Blocks;
using Streamline.Storage.Files;
using Streamline.Storage.Head;

namespace Streamline.Storage;

/// <summary>
/// The blocks in the data directory, as one immutable list that readers take and that loading and retention replace. Changed by one thread at a time.
/// </summary>
internal sealed class TsdbBlocks(DataFiles files, string directory, bool readOnly, Action<TsdbLogLevel, string> log)
{
    private const string DeletionSuffix = ".tmp-for-deletion";
    private static readonly string[] LeftoverSuffixes = [BlockWriter.TemporarySuffix, DeletionSuffix, ".tmp"];

    // What is wrong with blocks that cannot be opened, by name; told once, tried again each time.
    private readonly ConcurrentDictionary<string, string> _damaged = new(StringComparer.Ordinal);
    private volatile BlockReader[] _blocks = [];

    public Counter Reloads { get; } = new();

    /// <summary>Times that a block could not be opened.</summary>
    public Counter LoadFailures { get; } = new();

    public Counter TimeRetentions { get; } = new();

    public Counter SizeRetentions { get; } = new();

    /// <summary>By minimum time.</summary>
    public BlockReader[] All => _blocks;

    /// <summary>Where the head starts: behind every block that has all of its time.</summary>
    public long InOrderEnd
    {
        get
        {
            long end = long.MinValue;
            foreach (var block in _blocks)
            {
                if (BlockHints.EndsBeforeHead(block.Meta)) end = Math.Max(end, block.Meta.MaxTimeMs);
            }
            return end;
        }
    }

    /// <summary>Removes what an interrupted write or deletion left behind.</summary>
    public void DeleteLeftovers()
    {
        if (readOnly) return;
        foreach (string path in Directory.EnumerateDirectories(directory))
        {
            string name = Path.GetFileName(path);
            if (!Array.Exists(LeftoverSuffixes, name.EndsWith) || !Ulid.IsValid(name.AsSpan(0, Math.Min(name.Length, Ulid.Length)))) continue;
            log(TsdbLogLevel.Info, $"{path}: left behind by an interrupted operation, deleted");
            files.DeleteDirectory(path);
        }
    }

    /// <summary>
    /// Looks at the directory: opens blocks that are new, closes those that are gone, deletes those that another block has replaced. A block that cannot be
    /// opened is left alone and reported; it replaces nothing, and the others are read. Returns the new ones, without those that a compaction made of blocks
    /// found here.
    /// </summary>
    public List<BlockReader> Load()
    {
        Reloads.Add(1);
        var known = _blocks.ToDictionary(b => b.Meta.Ulid, StringComparer.Ordinal);
        var metas = ReadMetas();
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        var added = new List<BlockReader>();
        // Children before parents, so that what a child that can be read replaces is not opened.
        foreach (var meta in metas.Values.OrderByDescending(m => m.Compaction.Level))
        {
            if (meta.Compaction.Deletable) replaced.Add(meta.Ulid);
            bool usable = replaced.Contains(meta.Ulid) || known.ContainsKey(meta.Ulid) || TryOpen(meta.Ulid, added);
            if (usable) replaced.UnionWith((meta.Compaction.Parents ?? []).Select(p => p.Ulid));
        }
        foreach (var block in added.Where(b => replaced.Contains(b.Meta.Ulid))) block.Dispose();
        added.RemoveAll(b => replaced.Contains(b.Meta.Ulid));
        Replace([.. known.Values.Where(b => (metas.ContainsKey(b.Meta.Ulid) || _damaged.ContainsKey(b.Meta.Ulid)) && !replaced.Contains(b.Meta.Ulid)), .. added]);
        foreach (string ulid in metas.Keys.Where(replaced.Contains)) DeleteDirectory(ulid);
        added.RemoveAll(b => b.Meta.Compaction.Parents is { } parents && parents.Any(p => metas.ContainsKey(p.Ulid)));
        return added;
    }

    /// <summary>Blocks in the directory that cannot be read.</summary>
    public int DamagedCount => _damaged.Count;

    /// <summary>What is wrong with a block that could not be opened, else null.</summary>
    public string? DamageOf(string ulid) => _damaged.GetValueOrDefault(ulid);

    private bool TryOpen(string ulid, List<BlockReader> added)
    {
        bool opened = TryRead(ulid, () => added.Add(BlockReader.Open(files, Path.Combine(directory, ulid))));
        if (opened) _damaged.TryRemove(ulid, out _);
        return opened;
    }

    // A server that answers for all but one block is worth more than none; Prometheus does not start. An export that leaves one out is worth less.
    private bool TryRead(string ulid, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception error) when (!readOnly && error is IOException or UnauthorizedAccessException)
        {
            LoadFailures.Add(1);
            if (_damaged.GetValueOrDefault(ulid) != error.Message) log(TsdbLogLevel.Error, $"block {ulid} is left out, it cannot be read: {error.Message}");
            _damaged[ulid] = error.Message;
            return false;
        }
    }

    /// <summary>Removes a block that was written but cannot be used.</summary>
    public void Discard(string ulid)
    {
        if (Directory.Exists(Path.Combine(directory, ulid))) DeleteDirectory(ulid);
    }

    /// <summary>Deletes blocks that end a whole retention before the newest one; the newest itself stays.</summary>
    public void ApplyTimeRetention(long retentionMs)
    {
        if (retentionMs <= 0 || readOnly || _blocks.Length == 0) return;
        long newest = _blocks.Max(b => b.Meta.MaxTimeMs);
        var expired = _blocks.Where(b => newest - b.Meta.MaxTimeMs >= retentionMs).ToList();
        if (expired.Count == 0) return;
        TimeRetentions.Add(1);
        Delete(expired, "past the retention time");
    }

    /// <summary>
    /// Deletes the oldest blocks, so that what remains and <paramref name="otherBytes"/>, the log's, stay within a size. The log cannot be shortened, so when it
    /// alone is too large all blocks go.
    /// </summary>
    public void ApplySizeRetention(long mostBytes, long otherBytes)
    {
        if (mostBytes <= 0 || readOnly) return;
        long total = otherBytes;
        var beyond = _blocks.OrderByDescending(b => b.Meta.MaxTimeMs).SkipWhile(b => (total += b.Bytes) <= mostBytes).ToList();
        if (beyond.Count == 0) return;
        SizeRetentions.Add(1);
        Delete(beyond, "beyond the retention size");
    }

    private void Delete(List<BlockReader> doomed, string reason)
    {
        Replace([.. _blocks.Except(doomed)]);
        foreach (var block in doomed)
        {
            log(TsdbLogLevel.Info, $"block {block.Meta.Ulid} is {reason}, deleted");
            DeleteDirectory(block.Meta.Ulid);
        }
    }

    public void Close() => Replace([]);

    private Dictionary<string, BlockMeta> ReadMetas()
    {
        var metas = new Dictionary<string, BlockMeta>(StringComparer.Ordinal);
        if (!Directory.Exists(directory)) return metas;
        foreach (string path in Directory.EnumerateDirectories(directory))
        {
            string name = Path.GetFileName(path);
            // A block still being copied here by hand gets its meta.json last.
            if (Ulid.IsValid(name) && File.Exists(Path.Combine(path, BlockMeta.FileName))) TryRead(name, () => metas[name] = MetaOf(path, name));
        }
        foreach (string gone in _damaged.Keys.Where(u => !Directory.Exists(Path.Combine(directory, u)))) _damaged.TryRemove(gone, out _);
        return metas;
    }

    private BlockMeta MetaOf(string path, string name)
    {
        var meta = BlockMeta.Read(files, path);
        return meta.Ulid == name ? meta : throw new StorageCorruptionException(Path.Combine(path, BlockMeta.FileName), 0, $"it is the meta.json of {meta.Ulid}");
    }

    private void Replace(BlockReader[] blocks)
    {
        var old = _blocks;
        // Of equal times those of out-of-order samples stand last, so that one of theirs is taken where both begin with the same time.
        Array.Sort(blocks, static (a, b) => (a.Meta.MinTimeMs, a.Meta.MaxTimeMs, !BlockHints.EndsBeforeHead(a.Meta)).CompareTo((b.Meta.MinTimeMs, b.Meta.MaxTimeMs, !BlockHints.EndsBeforeHead(b.Meta))));
        _blocks = blocks;
        foreach (var block in old.Except(blocks)) block.Dispose();
    }

    // Renamed first: what is half deleted must not look like a block.
    private void DeleteDirectory(string ulid)
    {
        if (readOnly) return;
        string path = Path.Combine(directory, ulid), doomed = path + DeletionSuffix;
        files.MoveDirectory(path, doomed);
        files.SyncDirectory(directory);
        files.DeleteDirectory(doomed);
    }
}
