using Streamline.Query.Operators;
using Streamline.Storage;

namespace Streamline.Query.Engine;

/// <summary>What the operators of one running query share. One thread at a time, but for <see cref="Account"/>.</summary>
internal sealed class QueryContext(ISampleStore store, QueryEngineOptions options, CancellationToken cancellation)
{
    /// <summary>Where selectors read.</summary>
    public ISampleStore Store { get; } = store;

    /// <summary>The engine's switches.</summary>
    public QueryEngineOptions Options { get; } = options;

    /// <summary>Samples and bytes held, samples read.</summary>
    public required QueryAccount Account { get; init; }

    /// <summary>The samples counted; the planner puts the meter of a part in place while it builds it.</summary>
    public required SampleMeter Meter { get; set; }

    /// <summary>Who watches the plan; null unless the query is to be explained.</summary>
    public PlanTrace? Trace { get; init; }

    /// <summary>All scalar arguments. Those that no operator needed, for want of series, are read at the end: their errors count.</summary>
    public List<ScalarParameter> Parameters { get; } = [];

    /// <summary>Warnings and infos.</summary>
    public Annotations Annotations { get; } = new();

    /// <summary>Label builder for headers; its state is worth nothing between two uses.</summary>
    public LabelsBuilder Builder { get; } = new();

    /// <summary>Whether operators may use a second core. Rules may not: they run beside each other already.</summary>
    public bool UsesLanes => Threads is not null && Environment.ProcessorCount > 1;

    /// <summary>The threads of queries; null on another thread, a rule's.</summary>
    public QueryThreads? Threads { get; init; }

    /// <summary>Metric names go at the end of the query.</summary>
    public bool DelayedNames => Options.DelayedNameRemoval;

    /// <summary>Start of the top-level query, for <c>@ start()</c>.</summary>
    public long StartMs { get; init; }

    /// <summary>End of the top-level query, for <c>@ end()</c>.</summary>
    public long EndMs { get; init; }

    /// <summary>Step of the top-level query, 0 for an instant query.</summary>
    public long StepMs { get; init; }

    /// <summary>How far instant selectors look back.</summary>
    public long LookbackMs { get; init; }

    /// <summary>The query's text, to turn offsets into line and column; empty for trees that were not parsed here.</summary>
    public string Text { get; init; } = "";

    /// <summary>The query's end.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Once per batch of series: throws when the query was cancelled or ran out of time, and lets rules go first.</summary>
    public void CheckCancelled()
    {
        cancellation.ThrowIfCancellationRequested();
        Threads?.GiveWay();
    }

    /// <summary>Prometheus's error for equal label sets at one time.</summary>
    public static QueryException DuplicateLabelSet() => new(QueryErrorKind.Execution, "vector cannot contain metrics with the same labelset");
}
