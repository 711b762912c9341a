using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>A group of an aggregate stage: its two open windows, its running total, and its output series. One thread.</summary>
internal sealed class AggregateGroup(Labels key, long firstWindow, int outputs)
{
    // Two windows are open at a time: the one that late samples may still reach, and the next.
    private readonly Window[] _windows = [new(), new()];

    public Labels Key { get; } = key;

    /// <summary>Of the outputs in the stage's order; none before the first value.</summary>
    public SeriesHandle[] Handles { get; } = new SeriesHandle[outputs];

    /// <summary>No output before this one.</summary>
    public long FirstWindow { get; private set; } = firstWindow;

    /// <summary>Series that are there now.</summary>
    public int Members { get; set; }

    /// <summary>Known from a journal: its outputs may be in the store although no handle is known here.</summary>
    public bool IsRestored { get; init; }

    public long LastMs { get; private set; } = long.MinValue;

    public double Total { get; private set; }

    /// <summary>Ended groups are forgotten by the stage; a member that comes back looks for another.</summary>
    public bool IsEnded { get; set; }

    /// <summary>What a journal has kept.</summary>
    public void Restore(long lastMs, double total) => (LastMs, Total) = (lastMs, total);

    public Window At(long window) => _windows[window & 1];

    /// <summary>Notes one sample. <paramref name="increase"/> is what its series grew by, as a counter.</summary>
    public void Note(long window, long timestampMs, double value, double increase)
    {
        var at = At(window);
        at.Min = at.Samples == 0 ? value : Smaller(at.Min, value);
        at.Max = at.Samples == 0 ? value : -Smaller(-at.Max, -value);
        if (at.Samples == 0 || timestampMs >= at.LastMs) (at.LastMs, at.Last) = (timestampMs, value);
        at.Increase += increase;
        at.Samples++;
        LastMs = Math.Max(LastMs, timestampMs);
        FirstWindow = Math.Min(FirstWindow, window);
    }

    /// <summary>Takes a member's last value of a window into what counts each member once.</summary>
    public void Settle(long window, double value)
    {
        At(window).Sum += value;
        At(window).Count++;
    }

    /// <summary>The window is over: its increase goes into the total.</summary>
    public void Close(long window) => Total += At(window).Increase;

    /// <summary>The value of an output for a closed window; null when it has none.</summary>
    public double? Value(AggregateOutput output, long window)
    {
        var at = At(window);
        return output switch
        {
            AggregateOutput.Total => Total,
            AggregateOutput.Increase => at.Samples > 0 ? at.Increase : null,
            AggregateOutput.Sum => at.Count > 0 ? at.Sum : null,
            AggregateOutput.Count => at.Count > 0 ? at.Count : null,
            AggregateOutput.Avg => at.Count > 0 ? at.Sum / at.Count : null,
            AggregateOutput.Min => at.Samples > 0 ? at.Min : null,
            AggregateOutput.Max => at.Samples > 0 ? at.Max : null,
            AggregateOutput.Last => at.Samples > 0 ? at.Last : null,
        };
    }

    // As PromQL's min: a number wins over NaN.
    private static double Smaller(double known, double other) => other < known || double.IsNaN(known) ? other : known;

    /// <summary>What one window has seen.</summary>
    public sealed class Window
    {
        public long Samples { get; set; }

        public long Count { get; set; }

        public double Sum { get; set; }

        public double Min { get; set; }

        public double Max { get; set; }

        public double Increase { get; set; }

        public double Last { get; set; }

        public long LastMs { get; set; }

        public void Clear() => (Samples, Count, Sum, Min, Max, Increase, Last, LastMs) = (0, 0, 0, 0, 0, 0, 0, 0);
    }
}
