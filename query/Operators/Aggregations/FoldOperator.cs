using System.Numerics;
using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators.Aggregations;

/// <summary>
/// Simple aggregations: each input series is folded into its group's columns and forgotten, so memory follows the output. Hot path.
/// </summary>
internal sealed class FoldOperator<TFold> : Operator where TFold : struct, IFold
{
    private readonly Operator _inner;
    private readonly AggregateExpr _expr;
    private Grouping? _grouping;
    private FoldColumns[]? _groups;
    private int _next;

    public FoldOperator(QueryContext context, Operator inner, AggregateExpr expr)
        : base(context, inner.Grid)
    {
        _inner = inner;
        _expr = expr;
    }

    public override int Next(Span<SeriesColumn> columns)
    {
        if (_groups is null) FoldAll();
        int filled = 0;
        for (; filled < columns.Length && _next < _groups!.Length; filled++, _next++)
        {
            columns[filled].Index = _next;
            _groups[_next].Finish<TFold>(columns[filled]);
            _groups[_next].Dispose();
        }
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders() => (_grouping = Grouping.Of(Context, _inner.Headers(), _expr)).Headers;

    protected override void Release()
    {
        foreach (FoldColumns? group in _groups ?? []) group?.Dispose();
        _inner.Dispose();
    }

    private void FoldAll()
    {
        _groups = new FoldColumns[Headers().Length];
        for (int i = 0; i < _groups.Length; i++) _groups[i] = new FoldColumns(Context.Account, Grid.Count);
        using var reader = new ColumnReader(Context, _inner);
        while (reader.MoveNext())
        {
            FoldColumns group = _groups[_grouping!.GroupOf[reader.Current.Index]];
            if (reader.Current.HasHistograms) TakeHistograms(group, reader.Current);
            group.Fold<TFold>(reader.Current);
        }
    }

    /// <summary>Leaves in the column what is folded like numbers.</summary>
    private void TakeHistograms(FoldColumns group, SeriesColumn column)
    {
        switch (TFold.Histograms)
        {
            case HistogramRole.Counted:
                return;
            case HistogramRole.Ignored:
                if (column.DropHistograms()) HistogramNotes.Ignored(Context, _expr.Inner, _expr.Op.Symbol());
                return;
            case HistogramRole.Summed or HistogramRole.Averaged:
                group.Histograms ??= new HistogramFold(Context, _expr, Grid.Count, TFold.Histograms == HistogramRole.Averaged);
                group.Histograms.Take(column, _inner.Headers()[column.Index], group.Present);
                return;
        }
    }
}

/// <summary>The state columns of one group.</summary>
internal sealed class FoldColumns(QueryAccount account, int steps) : IDisposable
{
    private readonly ulong[] _present = account.MakeMask(steps);
    private double[] _a = account.RentDoubles(steps);
    private double[] _b = account.RentDoubles(steps);
    private double[] _c = account.RentDoubles(steps);

    /// <summary>Steps with a number.</summary>
    public ReadOnlySpan<ulong> Present => _present;

    /// <summary>The histograms of a group that has any.</summary>
    public HistogramFold? Histograms { get; set; }

    /// <summary>Takes in the present steps of a series.</summary>
    public void Fold<TFold>(SeriesColumn column) where TFold : struct, IFold
    {
        ReadOnlySpan<ulong> incoming = column.Present;
        ReadOnlySpan<double> values = column.Values;
        for (int w = 0; w < incoming.Length; w++)
        {
            ulong seen = _present[w];
            if (TFold.TakesColumns && (incoming[w] & seen) == ulong.MaxValue)
            {
                int at = w << 6;
                TFold.AddColumns(values.Slice(at, 64), _a.AsSpan(at, 64), _b.AsSpan(at, 64), _c.AsSpan(at, 64));
                continue;
            }
            for (ulong rest = incoming[w]; rest != 0; rest &= rest - 1)
            {
                int bit = BitOperations.TrailingZeroCount(rest), step = (w << 6) + bit;
                if ((seen >> bit & 1) != 0) TFold.Add(values[step], ref _a[step], ref _b[step], ref _c[step]);
                else TFold.First(values[step], out _a[step], out _b[step], out _c[step]);
            }
            _present[w] = seen | incoming[w];
        }
    }

    /// <summary>Writes the results.</summary>
    public void Finish<TFold>(SeriesColumn target) where TFold : struct, IFold
    {
        target.ForgetHistograms();
        _present.CopyTo(target.Present);
        Span<double> values = target.Values;
        for (int step = 0; step < values.Length; step++)
        {
            if (Presence.Has(_present, step)) values[step] = TFold.Result(_a[step], _b[step], _c[step]);
        }
        Histograms?.Finish(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Histograms?.Dispose();
        if (_a.Length == 0) return;
        account.Return(_a, steps);
        account.Return(_b, steps);
        account.Return(_c, steps);
        _a = _b = _c = [];
    }
}
