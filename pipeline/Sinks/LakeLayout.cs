using System.Globalization;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>A directory of the table with the time that its files cover.</summary>
/// <param name="Directory">Below the table, <c>date=2026-11-21/hour=09</c>; empty without partitions.</param>
/// <param name="Range">Times of its rows, both ends included.</param>
/// <param name="Suffix">What a file's name needs behind the block's to be one of a kind in its directory.</param>
internal sealed record LakePartition(string Directory, TimeRange Range, string Suffix);

/// <summary>How the table's rows are laid out in directories named after the sample's UTC time, as Hive names them.</summary>
internal static class LakeLayout
{
    public const string Table = "samples";

    /// <summary>Where parts of the head stand: beside the table, so that a glob over the table never meets them.</summary>
    public const string Hot = "hot";

    private const long HourMs = 3600_000, DayMs = 24 * HourMs;

    /// <summary>The partitions that a range touches, in order of time.</summary>
    public static IEnumerable<LakePartition> Partitions(IReadOnlyList<PartitionKey> keys, TimeRange range)
    {
        long width = keys.Contains(PartitionKey.Hour) ? HourMs : keys.Contains(PartitionKey.Date) ? DayMs : 0;
        if (range.MinMs > range.MaxMs) yield break;
        if (width == 0)
        {
            yield return new("", range, "");
            yield break;
        }
        for (long start = Floor(range.MinMs, width); start <= range.MaxMs; start += width)
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(start);
            string directory = string.Join('/', keys.Distinct().Select(key => NameOf(key, time)));
            // One hour of many days would share a directory; the day then stands in the file's name.
            string suffix = keys.Contains(PartitionKey.Date) ? "" : time.ToString("'-'yyyyMMdd", CultureInfo.InvariantCulture);
            yield return new(directory, new(Math.Max(start, range.MinMs), Math.Min(start + width - 1, range.MaxMs)), suffix);
        }
    }

    private static string NameOf(PartitionKey key, DateTimeOffset time) => key switch
    {
        PartitionKey.Date => time.ToString("'date='yyyy-MM-dd", CultureInfo.InvariantCulture),
        PartitionKey.Hour => time.ToString("'hour='HH", CultureInfo.InvariantCulture),
    };

    private static long Floor(long time, long width) => time - ((time % width) + width) % width;
}
