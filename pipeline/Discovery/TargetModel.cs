using Streamline.Storage;

namespace Streamline.Pipeline.Discovery;

/// <summary>One target after relabelling. Two targets with equal labels and URL are the same target.</summary>
/// <param name="Discovered">Labels as found, before relabelling.</param>
/// <param name="Labels">Labels of its samples: job, instance and whatever relabelling gave.</param>
/// <param name="Url">What is requested; null when the target is invalid.</param>
/// <param name="Interval">Time between scrapes.</param>
/// <param name="Timeout">Bound of one scrape.</param>
/// <param name="Error">Why it cannot be scraped, or null.</param>
internal sealed record TargetModel(Labels Discovered, Labels Labels, Uri? Url, TimeSpan Interval, TimeSpan Timeout, string? Error = null)
{
    /// <summary>What makes it the same target over updates: a changed discovered label alone does not disturb it.</summary>
    public (Labels, string, TimeSpan, TimeSpan, string?) Identity => (Labels, Url?.AbsoluteUri ?? Discovered.ToString(), Interval, Timeout, Error);
}
