using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Benchmarks;

/// <summary>The same series and values for every suite: counters, gauges and odd floats in the proportions of a node's exporter.</summary>
internal static class Load
{
    public const long StartMs = 1_700_000_000_000;

    public const int StepMs = 15_000;

    public static Labels Series(int i) => Labels.Of(
        ("__name__", $"node_metric_{i % 50}_total"), ("instance", $"host-{i / 500:D4}:9100"), ("job", "node"), ("device", $"dev{i % 500}"));

    public static double Value(int series, int step) => (series % 3) switch
    {
        0 => step * (series % 97 + 1),
        1 => Math.Sin(series + step * 0.1) * 1e6,
        _ => series % 7,
    };

    /// <summary>A scrape of so many series in text 0.0.4.</summary>
    public static byte[] Exposition(int series)
    {
        var text = new StringBuilder();
        for (int i = 0; i < series; i++)
        {
            if (i % 20 == 0) text.Append(CultureInfo.InvariantCulture, $"# HELP node_metric_{i} Something measured.\n# TYPE node_metric_{i} gauge\n");
            text.Append(CultureInfo.InvariantCulture, $"node_metric_{i - i % 20}{{device=\"dev{i}\",mode=\"user\",path=\"/var/lib/{i % 20}\"}} {Value(i, 17)}\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
