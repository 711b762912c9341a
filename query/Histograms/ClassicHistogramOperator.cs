using System.Globalization;
using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// <c>histogram_quantile</c> and <c>histogram_fraction</c> over classic buckets: series are grouped by all labels but <c>le</c>; the bucket columns are kept,
/// since each step needs a whole histogram.
/// </summary>
internal sealed class ClassicHistogramOperator : Operator
{
    private readonly Operator _inner;
    private readonly CallExpr _call;
    private readonly Expr _vector;
    private readonly ScalarParameter _first;
    private readonly ScalarParameter? _second;
    private readonly List<List<Member>> _groups = [];
    private HeldColumns? _held;
    private int _next;

    /// <summary>With one parameter the quantile, with two the fraction between them.</summary>
    public ClassicHistogramOperator(QueryContext context, CallExpr call, Operator inner, ScalarParameter first, ScalarParameter? second)
        : base(context, inner.Grid)
    {
        _call = call;
        _vector = call.Arguments[^1];
        _inner = inner;
        _first = first;
        _second = second;
    }

    private readonly record struct Member(int Series, double UpperBound);

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        if (_held is null) ReadAll();
        for (; filled < columns.Length && _next < total; filled++, _next++)
        {
            columns[filled].Index = _next;
            Fill(_next, columns[filled]);
        }
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] input = _inner.Headers();
        var numbers = new Dictionary<SeriesHeader, int>();
        var headers = new List<SeriesHeader>();
        for (int i = 0; i < input.Length; i++)
        {
            if (!TryParseBound(input[i].Labels, out double bound)) continue;
            SeriesHeader header = GroupHeader(input[i]);
            if (numbers.TryAdd(header, _groups.Count))
            {
                headers.Add(header);
                _groups.Add([]);
            }
            _groups[numbers[header]].Add(new Member(i, bound));
        }
        return [.. headers];
    }

    protected override void Release()
    {
        _held?.Dispose();
        _first.Dispose();
        _second?.Dispose();
        _inner.Dispose();
    }

    private static bool TryParseBound(Labels labels, out double bound)
    {
        string text = labels.Get("le");
        bound = text switch
        {
            "+Inf" or "Inf" or "inf" or "+inf" => double.PositiveInfinity,
            "-Inf" or "-inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => 0,
        };
        return bound != 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bound);
    }

    private SeriesHeader GroupHeader(SeriesHeader header)
    {
        LabelsBuilder builder = Context.Builder.Reset(header.Labels).Remove("le"u8);
        if (!Context.DelayedNames) MetadataLabels.Remove(builder);
        return new SeriesHeader(builder.Build(), Context.DelayedNames);
    }

    private void ReadAll()
    {
        _held = HeldColumns.ReadAll(Context, _inner);
        if (_second is null) WarnOfQuantiles();
        SeriesHeader[] input = _inner.Headers();
        for (int i = 0; i < _held.Count; i++)
        {
            if (!TryParseBound(input[i].Labels, out _) && Presence.Any(_held[i].Present)) WarnOfBound(input[i].Labels);
        }
    }

    /// <summary>Prometheus warns of the parameter even where there is no histogram.</summary>
    private void WarnOfQuantiles()
    {
        foreach (double q in _first.Values)
        {
            if (Quantiles.IsOutOfRange(q)) Context.Annotations.Warn(Context, _call.Arguments[0], Annotations.QuantileOutOfRange(q));
        }
    }

    private void WarnOfBound(Labels labels)
    {
        var text = new StringBuilder("bucket label \"le\" is missing or has a malformed value of ");
        LabelNames.AppendQuoted(text, labels.Get("le"));
        text.Append(" for metric name ");
        LabelNames.AppendQuoted(text, Encoding.UTF8.GetString(labels.ValueOf(Labels.MetricName)));
        Context.Annotations.Warn(Context, _vector, text.ToString());
    }

    private void Fill(int group, SeriesColumn target)
    {
        target.Clear();
        List<Member> members = _groups[group];
        var buckets = new ClassicBucket[members.Count];
        for (int step = 0; step < target.Steps; step++)
        {
            int count = 0;
            foreach (Member member in members)
            {
                SeriesColumn column = _held![member.Series];
                if (column.Has(step)) buckets[count++] = new ClassicBucket { UpperBound = member.UpperBound, Count = column.Values[step] };
            }
            if (count > 0) target.Set(step, Compute(step, buckets.AsSpan(0, count), members[0].Series));
        }
    }

    private double Compute(int step, Span<ClassicBucket> buckets, int series)
    {
        double first = _first.Values[step];
        bool forced;
        double result;
        if (_second is not null) result = ClassicHistogram.Fraction(first, _second.Values[step], buckets, out forced);
        else result = ClassicHistogram.Quantile(first, buckets, out forced);
        if (forced) InformOfMonotonicity(series);
        return result;
    }

    private void InformOfMonotonicity(int series)
    {
        var text = new StringBuilder("input to ").Append(_call.Function.Name);
        text.Append(" needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name ");
        LabelNames.AppendQuoted(text, Encoding.UTF8.GetString(_inner.Headers()[series].Labels.ValueOf(Labels.MetricName)));
        Context.Annotations.Inform(Context, _vector, text.ToString());
    }
}
