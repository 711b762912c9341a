namespace Streamline.Query;

/// <summary>What is wanted instead of a query's answer.</summary>
public enum ExplainMode
{
    /// <summary>The answer.</summary>
    None,

    /// <summary>The operators, and how many series their selectors have; no sample is read.</summary>
    Plan,

    /// <summary>The operators with what each has cost; the query runs and its answer is thrown away.</summary>
    Analyze,
}

/// <summary>An operator of a plan. Costs are 0 unless it was run; <see cref="Series"/> is null where it is only known after a run.</summary>
public sealed record QueryPlanNode
{
    /// <summary>What it does, such as <c>sum by (job)</c>, <c>rate</c> or <c>selector</c>.</summary>
    public required string Operator { get; init; }

    /// <summary>The part of the query that it evaluates.</summary>
    public required string Expression { get; init; }

    /// <summary>Steps that it evaluates: 1 for a part that does not change, another number than the query's inside a subquery.</summary>
    public required int Steps { get; init; }

    /// <summary>Series that it gives.</summary>
    public long? Series { get; init; }

    /// <summary>Points that it gives.</summary>
    public long Points { get; init; }

    /// <summary>Samples that it reads from the store.</summary>
    public long Samples { get; init; }

    /// <summary>Most bytes that it held at once, without its inputs.</summary>
    public long Bytes { get; init; }

    /// <summary>Time that it took, its inputs included.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Time that it took itself.</summary>
    public TimeSpan Own { get; init; }

    /// <summary>Its inputs.</summary>
    public required IReadOnlyList<QueryPlanNode> Inputs { get; init; }
}
