namespace Streamline.Pipeline.Scrape;

/// <summary>A scrape failed as a whole; the message is shown on the Targets page. Once per failed scrape, never per sample.</summary>
internal sealed class ScrapeException(string message, ScrapeFailure failure = ScrapeFailure.Other, Exception? inner = null) : Exception(message, inner)
{
    public ScrapeFailure Failure { get; } = failure;
}

/// <summary>Failures that have a counter of their own.</summary>
internal enum ScrapeFailure
{
    Other,
    BodySizeLimit,
    SampleLimit,
    LabelLimits,
    BucketLimit,
}
