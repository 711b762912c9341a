using System.Text;
using Streamline.Query.Kernels;
using Streamline.Query.Operators;
using Streamline.Query.Plan;
using Streamline.Query.Syntax;

namespace Streamline.Query.Engine;

/// <summary>
/// Sees a query being planned and, when it measures, being run: each node of the plan is wrapped, and what is charged or read while a node works is its
/// own. Only queries to be explained have one; the others pass a null check per node planned and per buffer charged.
/// </summary>
internal sealed class PlanTrace(TimeProvider time, bool measures)
{
    private const int LongestExpression = 300;

    private readonly Stack<PlanTraceNode> _building = new();
    private PlanTraceNode? _root;
    private volatile PlanTraceNode? _working;

    /// <summary>Whether the plan is run.</summary>
    public bool Measures => measures;

    /// <summary>Plans a node, those planned meanwhile being its inputs.</summary>
    public Operator Build(QueryContext context, Expr expr, StepGrid grid, Func<Operator> build)
    {
        PlanTraceNode node = Begin(expr, grid);
        Operator made = build();
        _building.Pop();
        // A selector knows its series from the index; others may have to read samples first.
        if (made is VectorSelectorOperator or SmoothedSelectorOperator) node.Series = () => made.Headers().Length;
        return measures ? new TracedOperator(context, made, this, node) : made;
    }

    /// <summary>Plans the windows of a range function. What they cost is the function's: the two work as one.</summary>
    public RangeSource Build(Expr expr, StepGrid grid, Func<RangeSource> build)
    {
        PlanTraceNode node = Begin(expr, grid);
        RangeSource made = build();
        _building.Pop();
        if (made is SelectorSource || measures) node.Series = () => made.Headers().Length;
        return made;
    }

    /// <summary>The tree. Before the plan is disposed.</summary>
    public QueryPlanNode Finish() => _root!.Finish(time);

    /// <summary>Makes a node the one that works; gives the one that did.</summary>
    public PlanTraceNode? Enter(PlanTraceNode? node, out long began)
    {
        PlanTraceNode? before = _working;
        _working = node;
        began = time.GetTimestamp();
        return before;
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Exit(PlanTraceNode node, PlanTraceNode? before, long began)
    {
        node.Ticks += time.GetTimestamp() - began;
        _working = before;
    }

    /// <summary>Bytes taken or given back by whoever works.</summary>
    public void Charge(long bytes) => _working?.Charge(bytes);

    /// <summary>Samples read by whoever works.</summary>
    public void CountRead(long samples) => _working?.CountRead(samples);

    private PlanTraceNode Begin(Expr expr, StepGrid grid)
    {
        string text = expr.ToString();
        if (text.Length > LongestExpression) text = string.Concat(text.AsSpan(0, LongestExpression), "…");
        var node = new PlanTraceNode(NameOf(expr), text, grid.Count);
        if (_building.TryPeek(out PlanTraceNode? parent)) parent.Inputs.Add(node);
        else _root ??= node;
        _building.Push(node);
        return node;
    }

    private static string NameOf(Expr expr)
    {
        var text = new StringBuilder();
        switch (expr)
        {
            case AggregateExpr aggregate:
                ExprPrinter.AppendAggregator(text, aggregate);
                return text.ToString().TrimEnd();
            case BinaryExpr binary:
                ExprPrinter.AppendOperator(text, binary);
                return text.ToString();
            case CallExpr call: return call.Function.Name;
            case UnaryExpr: return "-";
            case SubqueryExpr subquery:
                ExprPrinter.AppendSubqueryTimes(text.Append("subquery "), subquery);
                return text.ToString();
            case MatrixSelector: return "range selector";
            case VectorSelector: return "selector";
            default: return "number";
        }
    }
}

/// <summary>A node of the trace. The costs are written by the thread that runs the query, bytes and samples by its lanes too.</summary>
internal sealed class PlanTraceNode(string name, string expression, int steps)
{
    private long _held;
    private long _peak;
    private long _samples;

    public List<PlanTraceNode> Inputs { get; } = [];

    public Func<int>? Series { get; set; }

    public long Ticks { get; set; }

    public long Points { get; set; }

    public void Charge(long bytes)
    {
        long held = Interlocked.Add(ref _held, bytes), seen = Volatile.Read(ref _peak);
        while (held > seen)
        {
            long found = Interlocked.CompareExchange(ref _peak, held, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    public void CountRead(long samples) => Interlocked.Add(ref _samples, samples);

    public QueryPlanNode Finish(TimeProvider time)
    {
        QueryPlanNode[] inputs = [.. Inputs.Select(i => i.Finish(time))];
        TimeSpan elapsed = time.GetElapsedTime(0, Ticks), below = TimeSpan.FromTicks(inputs.Sum(Spent));
        return new QueryPlanNode
        {
            Operator = name,
            Expression = expression,
            Steps = steps,
            Series = Series?.Invoke(),
            Points = Points,
            Samples = _samples,
            Bytes = _peak,
            Elapsed = elapsed,
            Own = elapsed > below ? elapsed - below : TimeSpan.Zero,
            Inputs = inputs,
        };
    }

    // A range has no time of its own, but a subquery's inner part has.
    private static long Spent(QueryPlanNode node) => node.Elapsed > TimeSpan.Zero ? node.Elapsed.Ticks : node.Inputs.Sum(Spent);
}

/// <summary>A node that is measured.</summary>
internal sealed class TracedOperator : Operator
{
    private readonly Operator _inner;
    private readonly PlanTrace _trace;
    private readonly PlanTraceNode _node;

    public TracedOperator(QueryContext context, Operator inner, PlanTrace trace, PlanTraceNode node)
        : base(context, inner.Grid)
    {
        (_inner, _trace, _node) = (inner, trace, node);
        node.Series = () => Headers().Length;
    }

    public override int Next(Span<SeriesColumn> columns)
    {
        PlanTraceNode? before = _trace.Enter(_node, out long began);
        try
        {
            int filled = _inner.Next(columns);
            for (int i = 0; i < filled; i++) _node.Points += Presence.Count(columns[i].Present);
            return filled;
        }
        finally
        {
            _trace.Exit(_node, before, began);
        }
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        PlanTraceNode? before = _trace.Enter(_node, out long began);
        try
        {
            return _inner.Headers();
        }
        finally
        {
            _trace.Exit(_node, before, began);
        }
    }

    protected override void Release() => _inner.Dispose();
}
