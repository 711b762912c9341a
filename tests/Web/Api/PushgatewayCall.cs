using System.IO.Compression;

namespace Streamline.Web.Tests.Api;

/// <summary>A request that a Pushgateway and we get alike.</summary>
public sealed record PushgatewayCall(string Method, string Path, string Body = "", string Type = "text/plain; charset=utf-8", string Encoding = "")
{
    public const string OpenMetrics = "application/openmetrics-text; version=1.0.0";

    /// <summary>The body on the wire.</summary>
    public byte[] Bytes { get; init; } = System.Text.Encoding.UTF8.GetBytes(Body);

    /// <summary>The body packed, changed, as gzip.</summary>
    public static PushgatewayCall Packed(string path, string body, Func<byte[], byte[]>? change = null) =>
        new("POST", path, body, Encoding: "gzip") { Bytes = change is null ? Pack(body) : change(Pack(body)) };

    public static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    public override string ToString() => $"{Method} {Path} {Type} {Encoding} {Body}";
}
