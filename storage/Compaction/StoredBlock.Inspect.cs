using Streamline.Storage.Blocks;
using Streamline.Storage.Compaction;
using Streamline.Storage.Files;

namespace Streamline.Storage;

/// <summary>Looking at blocks without opening a database: for the commands.</summary>
public sealed partial class StoredBlock
{
    /// <summary>Paths of the blocks in a data directory, by minimum time.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static IReadOnlyList<string> PathsIn(string dataDirectory)
    {
        if (!Directory.Exists(dataDirectory)) throw new DirectoryNotFoundException($"data directory {dataDirectory} does not exist");
        return [.. Directory.EnumerateDirectories(dataDirectory)
            .Where(d => Ulid.IsValid(Path.GetFileName(d)) && File.Exists(Path.Combine(d, BlockMeta.FileName)))
            .OrderBy(MinTimeOf).ThenBy(d => d, StringComparer.Ordinal)];
    }

    // What is damaged stands last; opening it says what is wrong.
    private static long MinTimeOf(string directory)
    {
        try
        {
            return BlockMeta.Read(DataFiles.Disk, directory).MinTimeMs;
        }
        catch (StorageCorruptionException)
        {
            return long.MaxValue;
        }
    }

    /// <summary>Bytes of the block's files.</summary>
    public long Bytes => _reader.Bytes;

    /// <summary>Counts its labels; lists have at most <paramref name="limit"/> lines.</summary>
    public BlockAnalysis Analyze(int limit) => new BlockAnalyzer(_reader).Run(limit);

    /// <summary>Reads all of it and compares it with what its index and meta.json say: problems, one line each.</summary>
    public IReadOnlyList<string> Verify() => new BlockVerifier(_reader).Run();

    /// <summary>How many chunks have which number of samples.</summary>
    /// <exception cref="StorageCorruptionException">A chunk is damaged.</exception>
    public IReadOnlyDictionary<int, long> ChunksBySamples()
    {
        var counts = new Dictionary<int, long>();
        using var scan = _reader.Scan();
        while (scan.Next())
        {
            foreach (var chunk in scan.Chunks)
            {
                // Every encoding begins with the number of samples.
                int samples = Encoding.XorChunk.CountOf(scan.Read(chunk, out _));
                counts[samples] = counts.GetValueOrDefault(samples) + 1;
            }
        }
        return counts;
    }
}
