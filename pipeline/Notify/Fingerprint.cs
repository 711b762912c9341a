using System.Globalization;
using Streamline.Storage;

namespace Streamline.Pipeline.Notify;

/// <summary>The fingerprint of Prometheus's common library: FNV-1a (64 bits) over the sorted names and values, each followed by 0xFF.</summary>
internal static class Fingerprint
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(Labels labels)
    {
        ulong hash = Offset;
        foreach (var pair in labels)
        {
            hash = Add(hash, pair.Name);
            hash = Add(hash, pair.Value);
        }
        return hash;
    }

    /// <summary>As 16 hex digits.</summary>
    public static string Text(Labels labels) => Of(labels).ToString("x16", CultureInfo.InvariantCulture);

    private static ulong Add(ulong hash, ReadOnlySpan<byte> text)
    {
        foreach (byte b in text) hash = (hash ^ b) * Prime;
        return (hash ^ 0xFF) * Prime;
    }
}
