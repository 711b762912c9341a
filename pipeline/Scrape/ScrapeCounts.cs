namespace Streamline.Pipeline.Scrape;

/// <summary>What one body held.</summary>
/// <param name="Scraped">Samples exposed.</param>
/// <param name="PostRelabeling">Samples left after metric relabelling.</param>
/// <param name="SeriesAdded">Series not met before.</param>
internal readonly record struct ScrapeCounts(int Scraped, int PostRelabeling, int SeriesAdded);
