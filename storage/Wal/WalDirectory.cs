using System.Globalization;

namespace Streamline.Storage.Wal;

/// <summary>The files of a log directory: segments of eight digits and checkpoints.</summary>
internal static class WalDirectory
{
    /// <summary>Behind the name of a checkpoint that is being written or deleted.</summary>
    public const string TemporarySuffix = ".tmp";

    private const string CheckpointPrefix = "checkpoint.";

    public static string SegmentPath(string directory, int index) => Path.Combine(directory, index.ToString("D8", CultureInfo.InvariantCulture));

    public static string CheckpointPath(string directory, int index) => Path.Combine(directory, CheckpointPrefix + index.ToString("D8", CultureInfo.InvariantCulture));

    /// <summary>Segment numbers, ascending; empty when the directory is missing.</summary>
    public static List<int> Segments(string directory)
    {
        var segments = new List<int>();
        if (!Directory.Exists(directory)) return segments;
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            if (TryIndex(Path.GetFileName(path), out int index)) segments.Add(index);
        }
        segments.Sort();
        return segments;
    }

    /// <summary>Finished checkpoints, ascending.</summary>
    public static List<int> Checkpoints(string directory)
    {
        var checkpoints = new List<int>();
        if (!Directory.Exists(directory)) return checkpoints;
        foreach (string path in Directory.EnumerateDirectories(directory, CheckpointPrefix + "*"))
        {
            if (TryIndex(Path.GetFileName(path.AsSpan())[CheckpointPrefix.Length..], out int index)) checkpoints.Add(index);
        }
        checkpoints.Sort();
        return checkpoints;
    }

    /// <summary>Bytes of all files.</summary>
    public static long Bytes(string directory)
    {
        if (!Directory.Exists(directory)) return 0;
        long sum = 0;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories)) sum += file.Exists ? file.Length : 0;
        return sum;
    }

    private static bool TryIndex(ReadOnlySpan<char> name, out int index)
    {
        index = 0;
        return name.Length == 8 && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
