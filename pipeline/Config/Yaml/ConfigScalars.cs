using System.Globalization;

namespace Streamline.Pipeline.Config;

/// <summary>Text forms of durations and sizes, Prometheus's.</summary>
internal static class ConfigScalars
{
    private static readonly (string Unit, long Bytes)[] Sizes =
        [("EB", 1L << 60), ("PB", 1L << 50), ("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("B", 1)];

    public static string FormatSize(long bytes)
    {
        if (bytes == 0) return "0";
        var (unit, size) = Sizes.First(s => bytes % s.Bytes == 0);
        return (bytes / size).ToString(CultureInfo.InvariantCulture) + unit;
    }
}
