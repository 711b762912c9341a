using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>A scrape target as the Targets page and /api/v1/targets show it.</summary>
/// <param name="Pool">The job.</param>
/// <param name="DiscoveredLabels">Labels before relabelling.</param>
/// <param name="Labels">Labels of its samples.</param>
/// <param name="ScrapeUrl">What is requested; empty for a target that cannot be requested.</param>
/// <param name="GlobalUrl">The same with the local host named for others.</param>
/// <param name="LastError">Why the last scrape failed, or empty.</param>
/// <param name="LastScrapeMs">When the last scrape began, milliseconds since the Unix epoch; 0 before the first.</param>
/// <param name="LastScrapeDuration">How long it took.</param>
/// <param name="Health">unknown, up, down.</param>
/// <param name="Interval">Time between scrapes.</param>
/// <param name="Timeout">Bound of one scrape.</param>
public sealed record TargetStatus(
    string Pool,
    Labels DiscoveredLabels,
    Labels Labels,
    string ScrapeUrl,
    string GlobalUrl,
    string LastError,
    long LastScrapeMs,
    TimeSpan LastScrapeDuration,
    string Health,
    TimeSpan Interval,
    TimeSpan Timeout);

/// <summary>A job's targets.</summary>
/// <param name="Name">The job.</param>
/// <param name="Targets">Active targets.</param>
/// <param name="Dropped">Discovered labels of targets that relabelling dropped, as many as are kept.</param>
/// <param name="DroppedCount">All targets that relabelling dropped.</param>
/// <param name="Errors">What keeps the job from targets it should have: discovery mechanisms that fail now (its targets are those of before) or are not built yet.</param>
public sealed record ScrapePoolStatus(string Name, IReadOnlyList<TargetStatus> Targets, IReadOnlyList<Labels> Dropped, int DroppedCount, IReadOnlyList<string> Errors);
