using Streamline.Storage;

namespace Streamline.Pipeline.Alerting;

/// <summary>
/// What a rule says about one alert: it fires until <paramref name="EndsAtMs"/> unless told again, or, with an end in the past, it is resolved. Immutable.
/// Times are milliseconds since the Unix epoch.
/// </summary>
internal sealed record AlertUpdate(
    Labels Labels,
    IReadOnlyList<KeyValuePair<string, string>> Annotations,
    long StartsAtMs,
    long EndsAtMs,
    string GeneratorUrl,
    long UpdatedAtMs)
{
    public bool IsResolvedAt(long nowMs) => EndsAtMs <= nowMs;
}
