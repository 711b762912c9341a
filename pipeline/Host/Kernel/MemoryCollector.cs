using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>
/// Every line of /proc/meminfo: <c>Active(anon): 5 kB</c> becomes <c>node_memory_Active_anon_bytes</c>; lines without a unit keep their name. node_exporter takes the lines
/// that it knows since its 1.9; here those of newer kernels are there too.
/// </summary>
internal sealed class MemoryCollector : IHostCollector
{
    private readonly LearnedFamilies _bytes = new(key => Learn(key, "_bytes"));
    private readonly LearnedFamilies _counts = new(key => Learn(key, ""));

    public IEnumerable<HostFamily> Families => [.. _bytes.All, .. _counts.All];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("meminfo", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var field = reader.Until(":"u8);
            double value = reader.Number();
            if (field.IsEmpty || double.IsNaN(value)) continue;
            bool isKilobytes = reader.Field().SequenceEqual("kB"u8);
            if ((isKilobytes ? _bytes : _counts)[field] is { } family) writer.Series(family).Value(isKilobytes ? value * 1024 : value);
        }
        return true;
    }

    private static HostFamily Learn(string key, string unit)
    {
        string name = key.Replace("(", "_", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal) + unit;
        return HostFamily.Gauge("node_memory_" + name, $"{key} of the machine's memory{(unit.Length > 0 ? ", bytes" : "")}, from /proc/meminfo.");
    }
}
