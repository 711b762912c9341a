using System.Globalization;
using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// <c>histogram_quantile</c>, <c>histogram_quantiles</c> and <c>histogram_fraction</c> over classic buckets: series are grouped by all labels but <c>le</c>; the bucket columns are kept,
/// since each step needs a whole histogram.
/// </summary>
internal sealed class ClassicHistogramOperator : Operator
{
    private readonly Operator _inner;
    private readonly CallExpr _call;
    private readonly Expr _vector;
    private readonly ScalarParameter[] _parameters;
    private readonly int _firstArgument;
    private readonly bool _isFraction;
    private readonly string? _label;
    private readonly List<List<Member>> _groups = [];
    private HeldColumns? _held;
    private int _next;

    // The parameters are quantiles or the two bounds of a fraction; with a label each quantile makes series of its own that carry it there.
    public ClassicHistogramOperator(QueryContext context, CallExpr call, Operator inner, ScalarParameter[] parameters, string? label = null)
        : base(context, inner.Grid)
    {
        _call = call;
        _vector = label is null ? call.Arguments[^1] : call.Arguments[0];
        _firstArgument = label is null ? 0 : 2;
        _isFraction = call.Function.Name == "histogram_fraction";
        _inner = inner;
        _parameters = parameters;
        _label = label;
    }

    private int SeriesPerGroup => _label is null ? 1 : _parameters.Length;

    private readonly record struct Member(int Series, double UpperBound);

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        if (_held is null) ReadAll();
        for (; filled < columns.Length && _next < total; filled++, _next++)
        {
            columns[filled].Index = _next;
            Fill(_groups[_next / SeriesPerGroup], _next % SeriesPerGroup, columns[filled]);
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
                headers.AddRange(_label is null ? [header] : Labelled(header));
                _groups.Add([]);
            }
            _groups[numbers[header]].Add(new Member(i, bound));
        }
        return [.. headers];
    }

    protected override void Release()
    {
        _held?.Dispose();
        foreach (ScalarParameter parameter in _parameters) parameter.Dispose();
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

    /// <summary>One header per quantile, labelled with its value at the first step.</summary>
    private SeriesHeader[] Labelled(SeriesHeader header)
    {
        if (!header.Labels.ValueOf(Encoding.UTF8.GetBytes(_label!)).IsEmpty)
            throw new QueryException(QueryErrorKind.Execution, $"label {_label} of histogram_quantiles() exists already");
        var headers = new SeriesHeader[_parameters.Length];
        for (int i = 0; i < headers.Length; i++)
        {
            ReadOnlySpan<double> values = _parameters[i].Values;
            double quantile = values.IsEmpty ? double.NaN : values[0];
            string text = FloatText.Format(quantile);
            if (double.IsFinite(quantile) && !text.AsSpan().ContainsAny('.', 'e')) text += ".0";
            headers[i] = header with { Labels = Context.Builder.Reset(header.Labels).Set(_label!, text).Build() };
        }
        return headers;
    }

    private void ReadAll()
    {
        _held = HeldColumns.ReadAll(Context, _inner);
        if (!_isFraction) WarnOfQuantiles();
        SeriesHeader[] input = _inner.Headers();
        for (int i = 0; i < _held.Count; i++)
        {
            if (!TryParseBound(input[i].Labels, out _) && Presence.Any(_held[i].Present)) WarnOfBound(input[i].Labels);
        }
    }

    /// <summary>Prometheus warns of the parameter even where there is no histogram.</summary>
    private void WarnOfQuantiles()
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            foreach (double q in _parameters[i].Values)
            {
                if (Quantiles.IsOutOfRange(q)) Context.Annotations.Warn(Context, _call.Arguments[_firstArgument + i], Annotations.QuantileOutOfRange(q));
            }
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

    private void Fill(List<Member> members, int parameter, SeriesColumn target)
    {
        target.Clear();
        var buckets = new ClassicBucket[members.Count];
        for (int step = 0; step < target.Steps; step++)
        {
            int count = 0;
            foreach (Member member in members)
            {
                SeriesColumn column = _held![member.Series];
                if (column.Has(step)) buckets[count++] = new ClassicBucket { UpperBound = member.UpperBound, Count = column.Values[step] };
            }
            if (count > 0) target.Set(step, Compute(step, parameter, buckets.AsSpan(0, count), members[0].Series));
        }
    }

    private double Compute(int step, int parameter, Span<ClassicBucket> buckets, int series)
    {
        double first = _parameters[parameter].Values[step];
        bool forced;
        double result;
        if (_isFraction) result = ClassicHistogram.Fraction(first, _parameters[1].Values[step], buckets, out forced);
        else result = ClassicHistogram.Quantile(first, buckets, out forced);
        if (forced) InformOfMonotonicity(series);
        return result;
    }

    private void InformOfMonotonicity(int series)
    {
        var text = new StringBuilder("input to ").Append(_isFraction ? "histogram_fraction" : "histogram_quantile");
        text.Append(" needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name ");
        LabelNames.AppendQuoted(text, Encoding.UTF8.GetString(_inner.Headers()[series].Labels.ValueOf(Labels.MetricName)));
        Context.Annotations.Inform(Context, _vector, text.ToString());
    }
}
