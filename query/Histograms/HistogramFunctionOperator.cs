using System.Globalization;
using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// <c>histogram_quantile</c>, <c>histogram_quantiles</c> and <c>histogram_fraction</c>, over native histograms and over classic buckets, which are grouped by all labels but
/// <c>le</c>. Whether a series is the one or the other, its samples say: the input is read first, and kept, since each step needs whole histograms.
/// </summary>
internal sealed class HistogramFunctionOperator : Operator
{
    private readonly Operator _inner;
    private readonly CallExpr _call;
    private readonly Expr _vector;
    private readonly ScalarParameter[] _parameters;
    private readonly int _firstArgument;
    private readonly bool _isFraction;
    private readonly string? _label;
    private readonly List<Output> _outputs = [];
    private readonly NativeQuantiles _native = new();
    private HeldColumns? _held;
    private ClassicBucket[] _buckets = [];
    private int _next;

    // The parameters are quantiles or the two bounds of a fraction; with a label each quantile makes series of its own that carry it there.
    public HistogramFunctionOperator(QueryContext context, CallExpr call, Operator inner, ScalarParameter[] parameters, string? label = null)
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

    private readonly record struct Member(int Series, double UpperBound);

    /// <summary>One output series: a group, and the steps at which it takes the parameter (all of them without a label).</summary>
    private sealed record Output(Group Group, int Parameter, string? Quantile);

    /// <summary>Series with the same labels but <c>le</c>: classic buckets, and a native histogram.</summary>
    private sealed class Group(SeriesHeader header)
    {
        public SeriesHeader Header { get; } = header;

        public List<Member> Classic { get; } = [];

        public List<int> Native { get; } = [];
    }

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        for (; filled < columns.Length && _next < total; filled++, _next++)
        {
            columns[filled].Index = _next;
            Fill(_outputs[_next], columns[filled]);
        }
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        _held = HeldColumns.ReadAll(Context, _inner);
        if (!_isFraction) WarnOfQuantiles();
        List<Group> groups = Groups(_inner.Headers());
        foreach (Group group in groups) AddOutputs(group);
        return [.. _outputs.Select(o => ResultHeader(o))];
    }

    protected override void Release()
    {
        _held?.Dispose();
        foreach (ScalarParameter parameter in _parameters) parameter.Dispose();
        _inner.Dispose();
    }

    private List<Group> Groups(SeriesHeader[] input)
    {
        var groups = new List<Group>();
        var numbers = new Dictionary<SeriesHeader, int>();
        ulong[] histograms = new ulong[Presence.Words(Grid.Count)];
        for (int i = 0; i < _held!.Count; i++)
        {
            int total = Presence.Count(_held[i].Present);
            _held[i].HistogramBits(histograms);
            int native = Presence.Count(histograms);
            if (native > 0) Of(input[i]).Native.Add(i);
            if (native == total) continue;
            if (TryParseBound(input[i].Labels, out double bound)) Of(input[i] with { Labels = Context.Builder.Reset(input[i].Labels).Remove("le"u8).Build() }).Classic.Add(new Member(i, bound));
            else WarnOfBound(input[i].Labels);
        }
        return groups;

        Group Of(SeriesHeader header)
        {
            if (numbers.TryAdd(header, groups.Count)) groups.Add(new Group(header));
            return groups[numbers[header]];
        }
    }

    /// <summary>Without a label one series for a group, else one for each value that a quantile has at any step.</summary>
    private void AddOutputs(Group group)
    {
        if (_label is null)
        {
            _outputs.Add(new Output(group, 0, null));
            return;
        }
        for (int i = 0; i < _parameters.Length; i++)
        {
            foreach (string quantile in _parameters[i].Values.ToArray().Select(QuantileText).Distinct()) _outputs.Add(new Output(group, i, quantile));
        }
    }

    private SeriesHeader ResultHeader(Output output)
    {
        LabelsBuilder builder = Context.Builder.Reset(output.Group.Header.Labels);
        if (!Context.DelayedNames) MetadataLabels.Remove(builder);
        if (output.Quantile is not null) builder.Set(_label!, output.Quantile);
        return new SeriesHeader(builder.Build(), Context.DelayedNames);
    }

    /// <summary>As OpenMetrics writes floats: with a point or an exponent.</summary>
    private static string QuantileText(double quantile)
    {
        string text = FloatText.Format(quantile);
        return double.IsFinite(quantile) && !text.AsSpan().ContainsAny('.', 'e') ? text + ".0" : text;
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

    private void Fill(Output output, SeriesColumn target)
    {
        target.Clear();
        ReadOnlySpan<double> parameters = _parameters[output.Parameter].Values;
        for (int step = 0; step < target.Steps; step++)
        {
            if (output.Quantile is not null && QuantileText(parameters[step]) != output.Quantile) continue;
            Span<ClassicBucket> buckets = BucketsAt(output.Group, step);
            NativeHistogram? native = NativeAt(output.Group, step);
            if (native is not null && !buckets.IsEmpty) Warn("vector contains a mix of classic and native histograms", output.Group.Header.Labels);
            else if (native is not null) target.Set(step, OfNative(native, output, step));
            else if (!buckets.IsEmpty) target.Set(step, OfClassic(buckets, output, step));
        }
    }

    private Span<ClassicBucket> BucketsAt(Group group, int step)
    {
        if (_buckets.Length < group.Classic.Count) _buckets = new ClassicBucket[group.Classic.Count];
        int count = 0;
        foreach (Member member in group.Classic)
        {
            SeriesColumn column = _held![member.Series];
            if (column.Has(step) && column.HistogramAt(step) is null)
                _buckets[count++] = new ClassicBucket { UpperBound = member.UpperBound, Count = column.Values[step] };
        }
        return _buckets.AsSpan(0, count);
    }

    private NativeHistogram? NativeAt(Group group, int step)
    {
        foreach (int series in group.Native)
        {
            if (_held![series].HistogramAt(step) is { } histogram) return histogram;
        }
        return null;
    }

    private double OfNative(NativeHistogram histogram, Output output, int step)
    {
        double first = _parameters[output.Parameter].Values[step];
        NaNNote note;
        double result = _isFraction
            ? _native.Fraction(first, _parameters[1].Values[step], histogram, out note)
            : _native.Quantile(first, histogram, out note);
        string? text = note switch
        {
            NaNNote.None => null,
            NaNNote.Result => "input to histogram_quantile has NaN observations, result is NaN",
            NaNNote.Skewed => "input to histogram_quantile has NaN observations, result is skewed higher",
            NaNNote.Excluded => "input to histogram_fraction has NaN observations, which are excluded from all fractions",
        };
        if (text is not null) Context.Annotations.Inform(Context, _vector, Named(text, output.Group.Header.Labels));
        return result;
    }

    private double OfClassic(Span<ClassicBucket> buckets, Output output, int step)
    {
        double first = _parameters[output.Parameter].Values[step];
        if (_isFraction) return ClassicHistogram.Fraction(first, _parameters[1].Values[step], buckets);
        double result = ClassicHistogram.Quantile(first, buckets, out ForcedMonotonicity forced);
        if (!forced.Happened) return result;
        string text = Named(
            "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
            output.Group.Header.Labels);
        Context.Annotations.Inform(
            Context, _vector, text, new MonotonicityDetails(Grid.TimeAt(step), forced.MinBound, forced.MaxBound, forced.MaxDifference));
        return result;
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
        Warn(text.ToString(), labels);
    }

    private void Warn(string text, Labels labels) => Context.Annotations.Warn(Context, _vector, Named(text, labels));

    /// <summary>The metric's name is told only where it has not been taken away before the function.</summary>
    private string Named(string text, Labels labels)
    {
        ReadOnlySpan<byte> name = Context.DelayedNames ? labels.ValueOf(Labels.MetricName) : default;
        if (name.IsEmpty) return text;
        var named = new StringBuilder(text).Append(" for metric name ");
        LabelNames.AppendQuoted(named, Encoding.UTF8.GetString(name));
        return named.ToString();
    }
}
