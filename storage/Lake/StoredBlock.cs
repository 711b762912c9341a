using Streamline.Storage.Blocks;
using Streamline.Storage.Files;

namespace Streamline.Storage;

/// <summary>
/// A block read by itself, wherever its directory is: what an export reads while the database goes on. Also makes second names of blocks, so that
/// compaction and retention cannot take the files away.
/// </summary>
public sealed partial class StoredBlock : ISampleStore, IDisposable
{
    private readonly BlockReader _reader;

    private StoredBlock(BlockReader reader) => _reader = reader;

    /// <summary>The block as <see cref="Tsdb.Blocks"/> shows it.</summary>
    public BlockInfo Info => _reader.Info;

    /// <summary>The head blocks that went into it; none or itself for one cut from a head.</summary>
    public IReadOnlyList<string> Sources => _reader.Meta.Compaction.Sources ?? [];

    /// <summary>Opens a block's directory.</summary>
    /// <exception cref="StorageCorruptionException">A file is not what its format says.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static StoredBlock Open(string directory) => new(BlockReader.Open(DataFiles.Disk, directory));

    /// <summary>
    /// Gives a block's files second names in another directory of the same file system, which appears whole or not at all; where the file system has no
    /// hard links, or it is another one, the files are copied. Nothing happens when the target is there already.
    /// </summary>
    public static void Link(string blockDirectory, string target) => Link(DataFiles.Disk, blockDirectory, target);

    internal static void Link(DataFiles files, string blockDirectory, string target)
    {
        if (Directory.Exists(target)) return;
        string temporary = target + ".tmp";
        if (Directory.Exists(temporary)) files.DeleteDirectory(temporary);
        foreach (string file in Directory.EnumerateFiles(blockDirectory, "*", SearchOption.AllDirectories))
        {
            string name = Path.Combine(temporary, Path.GetRelativePath(blockDirectory, file));
            files.CreateDirectory(Path.GetDirectoryName(name)!);
            if (!files.TryLink(file, name)) Copy(files, file, name);
        }
        foreach (string directory in Directory.EnumerateDirectories(temporary)) files.SyncDirectory(directory);
        files.SyncDirectory(temporary);
        files.MoveDirectory(temporary, target);
        files.SyncDirectory(Path.GetDirectoryName(target)!);
    }

    /// <inheritdoc/>
    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints) => _reader.Select(matchers, range, hints);

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) => _reader.LabelNames(matchers, range, limit);

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) => _reader.LabelValues(name, matchers, range, limit);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private static void Copy(DataFiles files, string from, string to)
    {
        const int pieceBytes = 1 << 20;
        byte[] piece = new byte[pieceBytes];
        using var source = files.OpenRead(from);
        using var target = files.Create(to);
        long at = 0;
        for (int read; (read = source.Read(piece, at)) > 0; at += read) target.Write(piece.AsSpan(0, read), at);
        target.Sync();
    }
}
