using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Graph;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>What the rules are joined to. The functions are those of the query engine and the database, named one by one so that tests can stand in for them.</summary>
internal sealed record LiveRulesSetup
{
    public required Func<string, Expr> Parse { get; init; }

    /// <summary>An instant query on the rule thread.</summary>
    public required Func<Expr, long, QueryOrigin?, CancellationToken, QueryResult> Evaluate { get; init; }

    /// <summary>Told that rules wait to be evaluated, and that none does: queries leave them a core meanwhile.</summary>
    public Action<bool> HaveWork { get; init; } = _ => { };

    public required Func<Labels, SeriesHandle> Resolve { get; init; }

    public required Func<SeriesHandle, bool> IsLive { get; init; }

    public required Func<Action<SeriesHandle, Labels>, IDisposable> WatchSeries { get; init; }

    /// <summary>The appender: results and ALERTS go straight to it.</summary>
    public required IBatchTarget Target { get; init; }

    /// <summary>Where alerts go; null: nowhere, they are only shown.</summary>
    public IAlertTarget? Alerts { get; init; }

    /// <summary>Folder of the alert journal, <c>&lt;data&gt;/streamline/alerts</c>; made when missing.</summary>
    public required string JournalPath { get; init; }

    public Func<FsyncPolicy> Fsync { get; init; } = static () => FsyncPolicy.Interval;

    public required TimeProvider Time { get; init; }

    public required Meter Meter { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Whether memory is so short that recording rules slow down; asked at each slot.</summary>
    public Func<bool> IsShortOfMemory { get; init; } = () => false;

    /// <summary>Base of the links in alerts, without a slash at the end.</summary>
    public string ExternalUrl { get; init; } = "";

    /// <summary><c>--rules.alert.resend-delay</c>.</summary>
    public long ResendDelayMs { get; init; } = 60_000;

    /// <summary><c>--rules.alert.for-outage-tolerance</c>: a pending alert older than this is not taken over from before a restart.</summary>
    public long OutageToleranceMs { get; init; } = 3_600_000;
}
