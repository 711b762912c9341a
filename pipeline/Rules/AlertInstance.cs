using Streamline.Pipeline.Alerting;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>One alert of a rule through its life. Times are ms since the epoch, 0 for "not". Rule thread, or under the state lock.</summary>
internal sealed class AlertInstance(Labels labels, long activeAtMs)
{
    public Labels Labels { get; } = labels;

    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; set; } = [];

    /// <summary>Inactive: resolved, kept for a while so that the resolution is told again.</summary>
    public AlertState State { get; set; } = AlertState.Pending;

    public double Value { get; set; }

    public long ActiveAtMs { get; } = activeAtMs;

    public long FiredAtMs { get; set; }

    public long ResolvedAtMs { get; set; }

    public long KeepFiringSinceMs { get; set; }

    public long LastSentMs { get; set; }

    /// <summary>Slots for which an alert taken over from before a restart outlives an empty result: sources need a moment to bring samples again.</summary>
    public int GraceSlots { get; set; }

    /// <summary>The slot evaluation that saw it last.</summary>
    public int Evaluation { get; set; }

    /// <summary>Its three series; built once, for every slot writes two of them.</summary>
    public AlertSeries Series => field ??= new AlertSeries(Labels);

    /// <summary>Whether receivers must hear of it now: newly fired or resolved, or not told for the resend delay.</summary>
    public bool NeedsSending(long nowMs, long resendDelayMs)
    {
        if (State == AlertState.Pending) return false;
        return ResolvedAtMs > LastSentMs || LastSentMs + resendDelayMs < nowMs;
    }

    public AlertUpdate Update(long nowMs, long validMs, string generatorUrl) =>
        new(Labels, Annotations, FiredAtMs, ResolvedAtMs != 0 ? ResolvedAtMs : nowMs + validMs, generatorUrl, nowMs);
}

/// <summary>The label sets of ALERTS and ALERTS_FOR_STATE for one alert.</summary>
internal sealed class AlertSeries
{
    public AlertSeries(Labels alert)
    {
        var builder = new LabelsBuilder().Reset(alert);
        ForState = builder.Set("__name__", "ALERTS_FOR_STATE").Build();
        builder.Set("__name__", "ALERTS");
        Pending = builder.Set("alertstate", "pending").Build();
        Firing = builder.Set("alertstate", "firing").Build();
    }

    public Labels ForState { get; }

    public Labels Pending { get; }

    public Labels Firing { get; }
}
