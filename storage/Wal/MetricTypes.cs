namespace Streamline.Storage.Wal;

/// <summary>Types of metrics as metadata records number them (tsdb/record/record.go).</summary>
internal static class MetricTypes
{
    private static readonly string[] Names = ["unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"];

    public static byte NumberOf(string type) => (byte)Math.Max(0, Array.IndexOf(Names, type));

    public static string NameOf(byte number) => number < Names.Length ? Names[number] : Names[0];
}
