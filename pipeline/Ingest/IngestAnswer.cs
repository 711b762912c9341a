namespace Streamline.Pipeline;

/// <summary>What a receiver answers a sender: HTTP status, a text for people, and how long to wait before another try.</summary>
/// <param name="StatusCode">HTTP status code.</param>
/// <param name="Message">Empty on success.</param>
/// <param name="RetryAfterSeconds">Set with 429 and 503.</param>
public sealed record IngestAnswer(int StatusCode, string Message = "", int? RetryAfterSeconds = null)
{
    /// <summary>What was stored, for protocols that answer with it (remote write 2.0); null elsewhere.</summary>
    public WrittenCounts? Written { get; init; }

    /// <summary>Stored.</summary>
    public static readonly IngestAnswer Stored = new(204);

    internal static IngestAnswer Busy(string what) => new(503, $"{what}; try again", RetryAfterSeconds: 1);

    internal static IngestAnswer Bad(string message) => new(400, message);
}
