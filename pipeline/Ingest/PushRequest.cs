namespace Streamline.Pipeline;

/// <summary>A push as it came.</summary>
/// <param name="RawPath">The path as it stood in the request: an escaped slash belongs to its value.</param>
/// <param name="Body">The body; gzip is unpacked already.</param>
/// <param name="ContentType">protobuf or OpenMetrics by name, else text 0.0.4.</param>
/// <param name="ReplaceGroup">PUT; else POST.</param>
public sealed record PushRequest(string RawPath, ReadOnlyMemory<byte> Body, string ContentType, bool ReplaceGroup)
{
    /// <summary>snappy: the body is a stream of snappy frames still.</summary>
    public string ContentEncoding { get; init; } = "";

    /// <summary>How long the group lives without another push (header <c>Streamline-Ttl</c>); null: as the source says.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>The sender's id of this push (header <c>Idempotency-Key</c>): sent again, it is not added up again. Empty without.</summary>
    public string PushId { get; init; } = "";
}
