using System.Globalization;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>
/// Parts of the head, written on demand beside the table (<c>hot/samples/date=…/hour=…/head.parquet</c>): a query that wants them adds that glob. They are a
/// snapshot, replaced as a whole by the next one, and each goes when a block that covers its hour comes into the table.
/// </summary>
internal static class LakeHot
{
    private const long HourMs = 3600_000;

    // Whatever the table has: a part must go as soon as its hour is in the table.
    private static readonly PartitionKey[] Keys = [PartitionKey.Date, PartitionKey.Hour];

    /// <summary>Replaces the hot parts by the samples of the range.</summary>
    public static LakePart Replace(LakeTable table, ISampleStore store, TimeRange range, CancellationToken cancellation)
    {
        string fresh = $".{LakeLayout.Hot}.{Environment.ProcessId}", freshPath = Path.Combine(table.Root, fresh), hot = Path.Combine(table.Root, LakeLayout.Hot);
        Delete(freshPath);
        Directory.CreateDirectory(freshPath);
        try
        {
            var part = table.Export(store, range, $"{fresh}/{LakeLayout.Table}", "head", cancellation, Keys);
            Delete(hot);
            Directory.Move(freshPath, hot);
            return part with { Files = [.. part.Files.Select(f => f with { Path = f.Path.Replace(fresh, LakeLayout.Hot, StringComparison.Ordinal) })] };
        }
        finally
        {
            Delete(freshPath);
        }
    }

    /// <summary>Removes the parts of hours that a block in the table touches.</summary>
    public static void RemoveCovered(string root, long minTimeMs, long maxTimeMs)
    {
        string hot = Path.Combine(root, LakeLayout.Hot);
        if (!Directory.Exists(hot)) return;
        foreach (string file in Directory.EnumerateFiles(hot, "*.parquet", SearchOption.AllDirectories))
        {
            long start = HourOf(file);
            if (start < maxTimeMs && start + HourMs > minTimeMs) File.Delete(file);
        }
    }

    private static long HourOf(string file)
    {
        string hour = Path.GetDirectoryName(file)!, date = Path.GetDirectoryName(hour)!;
        string text = Path.GetFileName(date)[^10..] + Path.GetFileName(hour)[^2..];
        return DateTimeOffset.ParseExact(text, "yyyy-MM-ddHH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
    }

    private static void Delete(string directory)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }
}
