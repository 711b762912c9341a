using Streamline.Query.Engine;

namespace Streamline.Query.Plan;

/// <summary>The evaluation times of a query or subquery: start, start + step, ... up to the end. An instant query has one.</summary>
internal readonly record struct StepGrid(long StartMs, long StepMs, int Count)
{
    /// <summary>Grid over a closed range; empty when the end lies before the start.</summary>
    public static StepGrid Over(long startMs, long endMs, long stepMs)
    {
        if (endMs < startMs) return new StepGrid(startMs, stepMs, 0);
        long count = ((endMs - startMs) / stepMs) + 1;
        if (count > int.MaxValue) throw QueryAccount.TooManySamples();
        return new StepGrid(startMs, stepMs, (int)count);
    }

    /// <summary>One time.</summary>
    public static StepGrid At(long timeMs) => new(timeMs, 1, 1);

    /// <summary>Time of the last step.</summary>
    public long EndMs => TimeAt(Count - 1);

    /// <summary>Time of a step.</summary>
    public long TimeAt(int step) => StartMs + (step * StepMs);
}

/// <summary>What <c>@</c> and <c>offset</c> do to an evaluation time.</summary>
internal readonly record struct TimeShift(long? PinnedMs, long OffsetMs)
{
    /// <summary>The time to read at.</summary>
    public long Apply(long timeMs) => (PinnedMs ?? timeMs) - OffsetMs;
}
