using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Every line of /proc/meminfo: <c>Active(anon): 5 kB</c> becomes <c>node_memory_Active_anon_bytes</c>; lines without a unit keep their name.</summary>
internal sealed class MemoryCollector : IHostCollector
{
    private readonly List<HostFamily> _families = [];
    private readonly NameTable<byte[]> _bytes;
    private readonly NameTable<byte[]> _counts;

    public MemoryCollector()
    {
        _bytes = new(key => Learn(key, "_bytes"));
        _counts = new(key => Learn(key, ""));
    }

    public string Name => "meminfo";

    public IReadOnlyList<HostFamily> Families => _families;

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
            writer.Series(isKilobytes ? _bytes[field] : _counts[field]).Value(isKilobytes ? value * 1024 : value);
        }
        return true;
    }

    private byte[] Learn(string key, string unit)
    {
        string name = "node_memory_" + key.Replace("(", "_", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal) + unit;
        _families.Add(new(name, "gauge", $"{key} of /proc/meminfo."));
        return Encoding.ASCII.GetBytes(name);
    }
}
