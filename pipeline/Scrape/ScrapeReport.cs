namespace Streamline.Pipeline.Scrape;

/// <summary>Values of a target's report series.</summary>
internal readonly record struct ScrapeReport(bool Up, TimeSpan Duration, ScrapeCounts Counts, double? TimeoutSeconds = null, double SampleLimit = 0, double BodyBytes = 0);
