using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators.Binary;

/// <summary>
/// Arithmetic and comparison between two vectors. The one side is held, by signature; the many side (the left one when both are one) streams. Each pair
/// of matching series is an output column; pairs whose labels become equal are joined by <see cref="UniqueLabelsOperator"/> behind this node.
/// </summary>
internal abstract class VectorMatchOperator : Operator
{
    // A pair, its header and the labels built for it, roughly; the labels' text comes on top.
    private const int PairBytes = 80;

    private readonly BinaryExpr _expr;
    private readonly HistogramArithmetic _arithmetic;
    private readonly VectorMatching _matching;
    private readonly Operator _many;
    private readonly Operator _one;
    private readonly bool _swapped;
    private readonly List<Pair> _pairs = [];
    private List<int>[] _oneBySignature = [];
    private ulong[]?[] _used = [];
    private HeldColumns? _oneColumns;
    private HeldColumns? _manyColumns;
    private ColumnReader? _reader;
    private FilledSides? _fills;
    private bool _prepared;
    private int _next;

    protected VectorMatchOperator(QueryContext context, BinaryExpr expr, Operator left, Operator right)
        : base(context, left.Grid)
    {
        _expr = expr;
        _arithmetic = new HistogramArithmetic(context, expr);
        _matching = expr.Matching!;
        _swapped = _matching.Cardinality == MatchCardinality.OneToMany;
        (_many, _one) = _swapped ? (right, left) : (left, right);
    }

    // A side of -1 is filled in.
    private readonly record struct Pair(int Many, int One, int Signature);

    // Prometheus turns the sides around for group_right but not the fill values: fill_left always stands for the many side (promql/engine.go, VectorBinop).
    private double? ManyFill => _matching.FillLeft;

    private double? OneFill => _matching.FillRight;

    private bool Fills => ManyFill is not null || OneFill is not null;

    private bool IsOneToOne => _matching.Cardinality == MatchCardinality.OneToOne;

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        if (!_prepared) Prepare();
        int filled = 0;
        for (; filled < columns.Length && _next < _pairs.Count; filled++, _next++)
        {
            columns[filled].Index = _next;
            Fill(_pairs[_next], columns[filled]);
        }
        if (_next == _pairs.Count) Drain();
        return filled;
    }

    /// <summary>The error when two output series with equal labels share a step.</summary>
    public QueryException Clash(int first, int second) => !IsOneToOne && _pairs[first].Signature == _pairs[second].Signature
        ? new QueryException(QueryErrorKind.Execution, "multiple matches for labels: grouping labels must ensure unique matches")
        : QueryContext.DuplicateLabelSet();

    /// <summary>Combines values of steps that both sides have; may clear presence bits of the target. The target may be either operand.</summary>
    protected abstract void Combine(SeriesColumn left, SeriesColumn right, SeriesColumn target);

    protected override SeriesHeader[] ComputeHeaders()
    {
        var signatures = new Signatures(Context.Builder, _matching);
        SeriesHeader[] one = _one.Headers(), many = _many.Headers();
        var bySignature = new List<List<int>>();
        for (int i = 0; i < one.Length; i++)
        {
            int signature = signatures.Add(one[i].Labels);
            if (signature == bySignature.Count) bySignature.Add([]);
            bySignature[signature].Add(i);
        }
        // Before the pairs: a forgotten label on both sides is a product of thousands by thousands, only to end in this error.
        if (bySignature.Exists(group => group.Count > 1)) CheckOneSide(bySignature);
        var headers = new List<SeriesHeader>();
        for (int i = 0; i < many.Length; i++)
        {
            int signature = OneFill is null ? signatures.Find(many[i].Labels) : signatures.Add(many[i].Labels);
            if (signature < 0) continue;
            if (signature == bySignature.Count) bySignature.Add([]);
            // Thousands of series on both sides of one signature are more pairs than memory has room for.
            Context.CheckCancelled();
            Context.Account.ChargeBytes((long)bySignature[signature].Count * PairBytes);
            foreach (int partner in bySignature[signature])
            {
                _pairs.Add(new Pair(i, partner, signature));
                headers.Add(ResultHeader(many[i], one[partner]));
            }
            if (OneFill is null) continue;
            _pairs.Add(new Pair(i, -1, signature));
            headers.Add(ResultHeader(many[i], new SeriesHeader(signatures.Of(many[i].Labels))));
        }
        for (int i = 0; i < one.Length && ManyFill is not null; i++)
        {
            _pairs.Add(new Pair(-1, i, signatures.Find(one[i].Labels)));
            headers.Add(new SeriesHeader(signatures.Of(one[i].Labels)));
        }
        _oneBySignature = [.. bySignature];
        _used = new ulong[]?[_oneBySignature.Length];
        return [.. headers];
    }

    protected override void Release()
    {
        _reader?.Dispose();
        _manyColumns?.Dispose();
        _oneColumns?.Dispose();
        _fills?.Dispose();
        _many.Dispose();
        _one.Dispose();
    }

    private void Prepare()
    {
        _prepared = true;
        _oneColumns ??= HeldColumns.ReadAll(Context, _one);
        if (Fills) _manyColumns ??= HeldColumns.ReadAll(Context, _many);
        else if (_manyColumns is null) _reader = new ColumnReader(Context, _many);
        if (Fills) _fills = new FilledSides(Context.Account, Grid.Count, _oneBySignature.Length);
        foreach (Pair pair in Fills ? _pairs : [])
        {
            if (pair.Many >= 0) Presence.Or(_fills!.ManyPresent(pair.Signature), _manyColumns![pair.Many].Present);
            if (pair.One >= 0) Presence.Or(_fills!.OnePresent(pair.Signature), _oneColumns[pair.One].Present);
        }
    }

    /// <summary>Two series of the one side with one signature at one step are an error, if the many side has any series at that step.</summary>
    private void CheckOneSide(List<List<int>> bySignature)
    {
        _oneColumns = HeldColumns.ReadAll(Context, _one);
        _manyColumns = HeldColumns.ReadAll(Context, _many);
        ulong[] any = new ulong[Presence.Words(Grid.Count)];
        if (ManyFill is not null) Presence.SetAll(any, Grid.Count);
        for (int i = 0; i < _manyColumns.Count; i++) Presence.Or(any, _manyColumns[i].Present);
        ulong[] seen = new ulong[any.Length];
        foreach (List<int> group in bySignature)
        {
            if (group.Count < 2) continue;
            seen.AsSpan().Clear();
            foreach (int index in group)
            {
                ulong[] present = _oneColumns[index].Present.ToArray();
                Presence.And(present, any);
                if (Presence.Overlap(seen, present)) throw ManyToMany(group, index, present);
                Presence.Or(seen, present);
            }
        }
    }

    private QueryException ManyToMany(List<int> group, int second, ulong[] present)
    {
        int first = group.First(i => i != second && Presence.Overlap(_oneColumns![i].Present, present));
        SeriesHeader[] headers = _one.Headers();
        Labels signature = new Signatures(Context.Builder, _matching).Of(headers[first].Labels);
        string side = _swapped ? "left" : "right";
        return new QueryException(
            QueryErrorKind.Execution,
            $"found duplicate series for the match group {signature} on the {side} hand-side of the operation: [{headers[first].Labels}, {headers[second].Labels}]"
            + ";many-to-many matching not allowed: matching labels must be unique on one side");
    }

    private void Fill(Pair pair, SeriesColumn target)
    {
        SeriesColumn many = pair.Many < 0 ? _fills!.Constant(ManyFill!.Value) : ManyColumn(pair.Many);
        SeriesColumn one = pair.One < 0 ? _fills!.Constant(OneFill!.Value) : _oneColumns![pair.One];
        target.ForgetHistograms();
        many.Present.CopyTo(target.Present);
        Presence.And(target.Present, one.Present);
        if (pair.Many < 0) Presence.AndNot(target.Present, _fills!.ManyPresent(pair.Signature));
        if (pair.One < 0) Presence.AndNot(target.Present, _fills!.OnePresent(pair.Signature));
        if (!Presence.Any(target.Present)) return;
        if (IsOneToOne) CheckOneToOne(pair, target);
        (SeriesColumn left, SeriesColumn right) = _swapped ? (one, many) : (many, one);
        if (left.HasHistograms || right.HasHistograms) CombineMixed(left, right, target);
        else Combine(left, right, target);
    }

    /// <summary>Steps with a histogram on either side are computed one by one, the others as ever.</summary>
    private void CombineMixed(SeriesColumn left, SeriesColumn right, SeriesColumn target)
    {
        Span<ulong> histograms = new ulong[Presence.Words(target.Steps)];
        Span<ulong> others = new ulong[histograms.Length];
        left.HistogramBits(histograms);
        right.HistogramBits(others);
        Presence.Or(histograms, others);
        Presence.And(histograms, target.Present);
        Presence.AndNot(target.Present, histograms);
        if (Presence.Any(target.Present)) Combine(left, right, target);
        for (int step = 0; step < target.Steps; step++)
        {
            if (!Presence.Has(histograms, step)) continue;
            if (!_arithmetic.TryApply(left.Values[step], left.HistogramAt(step), right.Values[step], right.HistogramAt(step), out double value, out NativeHistogram? histogram)) continue;
            if (histogram is null) target.Set(step, value);
            else target.Set(step, histogram);
        }
    }

    /// <summary>Before any comparison filters: a second match is an error even if only one would survive.</summary>
    private void CheckOneToOne(Pair pair, SeriesColumn target)
    {
        ulong[] used = _used[pair.Signature] ??= Context.Account.MakeMask(Grid.Count);
        if (Presence.Overlap(used, target.Present))
            throw new QueryException(QueryErrorKind.Execution, "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
        Presence.Or(used, target.Present);
    }

    /// <summary>Series without a partner are evaluated too: they may be errors.</summary>
    private void Drain()
    {
        while (_reader is not null && _reader.MoveNext())
        {
        }
    }

    private SeriesColumn ManyColumn(int index)
    {
        if (_manyColumns is not null) return _manyColumns[index];
        while (_reader!.Current is null || _reader.Current.Index != index) _reader.MoveNext();
        return _reader.Current;
    }

    private SeriesHeader ResultHeader(SeriesHeader many, SeriesHeader one)
    {
        bool drops = _expr.ReturnBool || !(_expr.Op.IsComparison() || _expr.Op.IsTrim());
        LabelsBuilder builder = Context.Builder.Reset(many.Labels);
        if (drops && !Context.DelayedNames) MetadataLabels.Remove(builder);
        if (IsOneToOne) KeepMatched(builder);
        foreach (string name in _matching.Include)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            ReadOnlySpan<byte> value = one.Labels.ValueOf(utf8);
            if (value.IsEmpty) builder.Remove(utf8);
            else builder.Set(utf8, value);
        }
        return new SeriesHeader(builder.Build(), Context.DelayedNames && (drops || many.DropName));
    }

    private void KeepMatched(LabelsBuilder builder)
    {
        if (!_matching.On)
        {
            foreach (string name in _matching.Labels) builder.Remove(Encoding.UTF8.GetBytes(name));
            return;
        }
        for (int i = builder.Count - 1; i >= 0; i--)
        {
            string name = Encoding.UTF8.GetString(builder.NameAt(i));
            if (!_matching.Labels.Contains(name)) builder.Remove(Encoding.UTF8.GetBytes(name));
        }
    }
}

/// <summary>Arithmetic.</summary>
internal sealed class VectorArithmetic<TKernel>(QueryContext context, BinaryExpr expr, Operator left, Operator right)
    : VectorMatchOperator(context, expr, left, right) where TKernel : struct, IBinaryKernel
{
    protected override void Combine(SeriesColumn left, SeriesColumn right, SeriesColumn target) =>
        ColumnKernels.Combine<TKernel>(left.Values, right.Values, target.Values);
}

/// <summary>Comparison: with <c>bool</c> 1 or 0, else the left value where it holds.</summary>
internal sealed class VectorComparison<TKernel>(QueryContext context, BinaryExpr expr, Operator left, Operator right)
    : VectorMatchOperator(context, expr, left, right) where TKernel : struct, IComparisonKernel
{
    private readonly bool _returnBool = expr.ReturnBool;

    protected override void Combine(SeriesColumn left, SeriesColumn right, SeriesColumn target)
    {
        if (_returnBool)
        {
            ColumnKernels.Compare<TKernel>(left.Values, right.Values, target.Values);
            return;
        }
        ColumnKernels.Filter<TKernel>(left.Values, right.Values, target.Present);
        left.Values.CopyTo(target.Values);
    }
}

/// <summary>The operators <c>&lt;/</c> and <c>&gt;/</c>: numbers cannot be trimmed.</summary>
internal sealed class VectorTrim(QueryContext context, BinaryExpr expr, Operator left, Operator right) : VectorMatchOperator(context, expr, left, right)
{
    private readonly HistogramArithmetic _arithmetic = new(context, expr);

    protected override void Combine(SeriesColumn left, SeriesColumn right, SeriesColumn target)
    {
        if (Presence.Any(target.Present)) _arithmetic.Incompatible("float", "float");
        target.Clear();
    }
}
