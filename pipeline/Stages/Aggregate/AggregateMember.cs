using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>One input series of an aggregate stage: what it last was, and the counter reading that increases are taken from.</summary>
internal struct AggregateMember
{
    public const long NoWindow = long.MinValue;

    /// <summary>None while the member is known from a journal only.</summary>
    public SeriesHandle Handle;

    /// <summary>What names its group; null for a free index.</summary>
    public Labels? Key;
    public AggregateGroup? Group;
    public double Last;
    public double Reading;
    public long LastMs;

    /// <summary>The window of <see cref="Last"/> while that value is not settled in the group.</summary>
    public long Window;
    public bool IsLive;
    public bool HasReading;

    public static AggregateMember New(SeriesHandle handle, Labels key) => new() { Handle = handle, Key = key, LastMs = long.MinValue, Window = NoWindow };

    /// <summary>How much the series grew, as a counter: a fall is a reset to zero; the first reading is only where counting begins, so that a new member makes no spike.</summary>
    public double IncreaseTo(double value)
    {
        if (double.IsNaN(value)) return 0;
        double increase = !HasReading ? 0 : value >= Reading ? value - Reading : value;
        (Reading, HasReading) = (value, true);
        return increase;
    }
}
