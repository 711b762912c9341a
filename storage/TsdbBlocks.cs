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

    private volatile BlockReader[] _blocks = [];

    public Counter Reloads { get; } = new();

    public Counter TimeRetentions { get; } = new();

    public Counter SizeRetentions { get; } = new();

    /// <summary>By minimum time.</summary>
    public BlockReader[] All => _blocks;

    /// <summary>Where the head starts: behind every block that was not made of out-of-order samples.</summary>
    public long InOrderEnd
    {
        get
        {
            long end = long.MinValue;
            foreach (var block in _blocks)
            {
                if (block.Meta.Compaction.Hints?.Contains("from-out-of-order") != true) end = Math.Max(end, block.Meta.MaxTimeMs);
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
    /// Looks at the directory: opens blocks that are new, closes those that are gone, deletes those that another block has replaced. Returns the new ones,
    /// without those that a compaction made of blocks found here.
    /// </summary>
    /// <exception cref="StorageCorruptionException">A block that nothing replaces cannot be opened.</exception>
    public List<BlockReader> Load()
    {
        Reloads.Add(1);
        var known = _blocks.ToDictionary(b => b.Meta.Ulid, StringComparer.Ordinal);
        var metas = ReadMetas();
        var replaced = metas.Values.SelectMany(m => m.Compaction.Parents ?? []).Select(p => p.Ulid)
            .Concat(metas.Values.Where(m => m.Compaction.Deletable).Select(m => m.Ulid)).ToHashSet(StringComparer.Ordinal);
        var added = new List<BlockReader>();
        try
        {
            foreach (string ulid in metas.Keys)
            {
                if (!replaced.Contains(ulid) && !known.ContainsKey(ulid)) added.Add(BlockReader.Open(files, Path.Combine(directory, ulid)));
            }
        }
        catch
        {
            foreach (var block in added) block.Dispose();
            throw;
        }
        Replace([.. known.Values.Where(b => metas.ContainsKey(b.Meta.Ulid) && !replaced.Contains(b.Meta.Ulid)), .. added]);
        foreach (string ulid in metas.Keys.Where(replaced.Contains)) DeleteDirectory(ulid);
        added.RemoveAll(b => b.Meta.Compaction.Parents is { } parents && parents.Any(p => metas.ContainsKey(p.Ulid)));
        return added;
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
            if (Ulid.IsValid(name) && File.Exists(Path.Combine(path, BlockMeta.FileName))) metas[name] = BlockMeta.Read(files, path);
        }
        return metas;
    }

    private void Replace(BlockReader[] blocks)
    {
        var old = _blocks;
        Array.Sort(blocks, static (a, b) => (a.Meta.MinTimeMs, a.Meta.MaxTimeMs).CompareTo((b.Meta.MinTimeMs, b.Meta.MaxTimeMs)));
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
