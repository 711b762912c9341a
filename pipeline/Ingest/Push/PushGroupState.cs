namespace Streamline.Pipeline.Ingest;

/// <summary>What a group held at one moment. Families are replaced whole and never changed, so that keeping them costs a reference each.</summary>
internal sealed record PushGroupState(IReadOnlyList<PushedFamily> Families, double PushTime, double FailureTime, long TouchedAtMs, TimeSpan Ttl, IReadOnlyList<string> PushIds);
