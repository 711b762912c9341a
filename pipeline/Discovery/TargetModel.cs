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
    /// <summary>What its special labels set for it alone.</summary>
    public TargetSwitches Switches { get; init; }

    /// <summary>What makes it the same target over updates: a changed discovered label alone does not disturb it.</summary>
    public (Labels, string, TimeSpan, TimeSpan, string?, TargetSwitches) Identity => (Labels, Url?.AbsoluteUri ?? Discovered.ToString(), Interval, Timeout, Error, Switches);
}

/// <summary>Labels of a target that stand over its job's keys; null where the target says nothing.</summary>
/// <param name="ScrapeNative"><c>__scrape_native_histograms__</c>.</param>
/// <param name="AlwaysClassic"><c>__always_scrape_classic_histograms__</c>.</param>
/// <param name="ConvertClassic"><c>__convert_classic_histograms_to_nhcb__</c>.</param>
/// <param name="UnixSocket"><c>__unix_socket__</c>: the socket that is dialled in place of the address; null or empty for none.</param>
internal readonly record struct TargetSwitches(bool? ScrapeNative, bool? AlwaysClassic, bool? ConvertClassic, string? UnixSocket);
