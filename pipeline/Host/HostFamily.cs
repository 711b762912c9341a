using System.Text;

namespace Streamline.Pipeline.Host;

/// <summary>Name and type of a family, which are node_exporter's, and its help, which is our own.</summary>
internal sealed class HostFamily(string name, string type, string help)
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public string Help { get; } = help;

    /// <summary>The type as the metadata of the API calls it.</summary>
    public string MetadataType => Type == "untyped" ? "unknown" : Type;

    /// <summary>The name as a collector writes it.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public static HostFamily Gauge(string name, string help) => new(name, "gauge", help);

    public static HostFamily Counter(string name, string help) => new(name, "counter", help);

    public static HostFamily Untyped(string name, string help) => new(name, "untyped", help);
}
