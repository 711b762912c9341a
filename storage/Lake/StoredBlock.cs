using System.Runtime.InteropServices;
using Streamline.Storage.Blocks;

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
    public static StoredBlock Open(string directory) => new(BlockReader.Open(directory));

    /// <summary>
    /// Gives a block's files second names in another directory of the same file system, which appears whole or not at all; where the file system has no
    /// hard links, or it is another one, the files are copied. Nothing happens when the target is there already.
    /// </summary>
    public static void Link(string blockDirectory, string target)
    {
        if (Directory.Exists(target)) return;
        string temporary = target + ".tmp";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        foreach (string file in Directory.EnumerateFiles(blockDirectory, "*", SearchOption.AllDirectories))
        {
            string name = Path.Combine(temporary, Path.GetRelativePath(blockDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(name)!);
            if (OperatingSystem.IsWindows() || HardLink(file, name) != 0) File.Copy(file, name);
        }
        foreach (string directory in Directory.EnumerateDirectories(temporary)) DurableDirectory.Sync(directory);
        DurableDirectory.Sync(temporary);
        Directory.Move(temporary, target);
        DurableDirectory.Sync(Path.GetDirectoryName(target)!);
    }

    /// <inheritdoc/>
    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints) => _reader.Select(matchers, range, hints);

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) => _reader.LabelNames(matchers, range, limit);

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) => _reader.LabelValues(name, matchers, range, limit);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HardLink(string existing, string name);
}
