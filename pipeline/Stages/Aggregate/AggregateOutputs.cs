namespace Streamline.Pipeline.Stages;

/// <summary>What an aggregate stage can give for a group and a window.</summary>
internal enum AggregateOutput
{
    Total,
    Increase,
    Sum,
    Count,
    Avg,
    Min,
    Max,
    Last,
}

/// <summary>The outputs' names, as they stand in the configuration and at the end of the series' names.</summary>
internal static class AggregateOutputs
{
    public static readonly IReadOnlyList<string> Names = [.. Enum.GetValues<AggregateOutput>().Select(NameOf)];

    public static string NameOf(AggregateOutput output) => output switch
    {
        AggregateOutput.Total => "total",
        AggregateOutput.Increase => "increase",
        AggregateOutput.Sum => "sum",
        AggregateOutput.Count => "count",
        AggregateOutput.Avg => "avg",
        AggregateOutput.Min => "min",
        AggregateOutput.Max => "max",
        AggregateOutput.Last => "last",
    };

    public static AggregateOutput Parse(string name) => Enum.GetValues<AggregateOutput>().First(o => NameOf(o) == name);
}
