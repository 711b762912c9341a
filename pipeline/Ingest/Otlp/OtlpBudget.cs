namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// Counts the parts that decoding a request makes. An empty part costs a sender two bytes and us a hundred: without a bound a request of 32 MB could ask
/// for gigabytes.
/// </summary>
internal sealed class OtlpBudget
{
    /// <summary>Resources, scopes, metrics, points, attributes, exemplars, buckets of one request; ten times what collectors send at most.</summary>
    private const int MaxParts = 2_000_000;

    /// <summary>Lists in lists of an attribute's value.</summary>
    public const int MaxDepth = 16;

    /// <summary>Characters of a name or of an attribute's value; what the head stores is bounded too, far above.</summary>
    public const int MaxTextLength = 1 << 20;

    private int _parts;

    // A point with its lists takes as much memory as this many attributes: at most 250,000 points, some 200 MB, for a moment.
    private const int PartsOfPoint = 8;

    /// <exception cref="IngestFormatException">The text is too long.</exception>
    public static string Bounded(string text) =>
        text.Length <= MaxTextLength ? text : throw new IngestFormatException($"a text of {text.Length} characters is longer than {MaxTextLength}");

    public void TakePoint() => Take(PartsOfPoint);

    public void Take(int parts = 1)
    {
        _parts += parts;
        if (_parts > MaxParts) throw new IngestFormatException($"the request has more than {MaxParts} parts");
    }
}
