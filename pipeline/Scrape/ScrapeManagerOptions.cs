using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Scrape;

/// <summary>What all scrape jobs of a process share.</summary>
internal sealed record ScrapeManagerOptions
{
    public required Meter Meter { get; init; }

    public required ILogger Logger { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public MetadataCatalogue Metadata { get; init; } = new();

    /// <summary>Moves the phase of all scrapes, so that two servers of a pair do not scrape at the same moment: a hash of host name and external labels.</summary>
    public ulong Seed { get; init; }

    /// <summary>A scrape at most this late (and 1% of its interval) is dated at its tick: <c>--scrape.timestamp-tolerance</c>.</summary>
    public long TimestampToleranceMs { get; init; } = 2;

    /// <summary>What <c>--enable-feature</c> switches on.</summary>
    public ScrapeFeatures Features { get; init; }

    /// <summary>Whether memory is so short that scrapes are left out; asked at each tick.</summary>
    public Func<bool> IsShortOfMemory { get; init; } = () => false;

    /// <summary>Host name that stands for localhost in global URLs; empty leaves them.</summary>
    public string ExternalHost { get; init; } = "";
}
