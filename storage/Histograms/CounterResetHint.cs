namespace Streamline.Storage;

/// <summary>What is known about a reset between a histogram and the one before it; the values are those of the chunk header's two bits (histogram.CounterResetHint).</summary>
public enum CounterResetHint
{
    /// <summary>Nothing is known: whoever needs it compares the histograms.</summary>
    Unknown = 0,

    /// <summary>The histogram starts anew.</summary>
    Reset = 1,

    /// <summary>The histogram goes on from the one before.</summary>
    NotReset = 2,

    /// <summary>A gauge histogram: its counts may fall, resets do not exist.</summary>
    Gauge = 3,
}
