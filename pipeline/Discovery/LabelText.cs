using System.Globalization;
using System.Net;
using System.Text;

namespace Streamline.Pipeline.Discovery;

/// <summary>Texts of discovered labels as Prometheus writes them.</summary>
internal static class LabelText
{
    /// <summary>A name or key of somebody else's as a part of a label name: everything but ASCII letters, digits and <c>_</c> becomes <c>_</c>.</summary>
    public static string Sanitized(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes()) text.Append(rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value) ? (char)rune.Value : '_');
        return text.ToString();
    }

    /// <summary>host:port, an IPv6 address in brackets.</summary>
    public static string HostPort(string host, long port) =>
        host.Contains(':') ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}") : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    /// <summary>An address in its usual form; empty when it is none.</summary>
    public static string Ip(string text) => IPAddress.TryParse(text, out var address) ? address.ToString() : "";

    /// <summary>The address of <c>address/bits</c>.</summary>
    /// <exception cref="FormatException">It is no such address.</exception>
    public static string IpOfNetwork(string cidr)
    {
        int slash = cidr.IndexOf('/', StringComparison.Ordinal);
        string ip = slash < 0 ? "" : Ip(cidr[..slash]);
        return ip.Length > 0 ? ip : throw new FormatException($"\"{cidr}\" is not an address with its network");
    }

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A list with its separator also around it, so that an expression need not care where a member stands.</summary>
    public static string List(IEnumerable<string> members, string separator) => separator + string.Join(separator, members) + separator;
}
