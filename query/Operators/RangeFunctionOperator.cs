using Streamline.Query.Engine;
using Streamline.Query.Histograms.Ranges;
using Streamline.Query.Kernels;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Plan;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators;

/// <summary>A range function: decodes each series once and slides the windows of all steps over it. Large batches are shared between two cores.</summary>
internal sealed class RangeFunctionOperator<TKernel> : Operator, ISeriesWork where TKernel : struct, IWindowKernel
{
    private readonly RangeSource _source;
    private readonly CallExpr _call;
    private readonly ScalarParameter? _parameter;
    private readonly ScalarParameter? _second;
    private readonly Lane[] _lanes = new Lane[SeriesLanes.Count];
    private SeriesColumn[] _batch = [];
    private int _next;

    public RangeFunctionOperator(
        QueryContext context, StepGrid grid, CallExpr call, RangeSource source, ScalarParameter? parameter, ScalarParameter? second = null)
        : base(context, grid)
    {
        _call = call;
        _source = source;
        _parameter = parameter;
        _second = second;
        bool wantsStarts = context.Options.UseStartTimestamps && RangeFunctions.UsesStarts(call.Function.Name);
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].Samples = new SampleBuffer(context.Account) { WantsStarts = wantsStarts };
            _lanes[i].Places = new WindowPlaces(source.Windows, context.Account);
        }
    }

    public override int Next(Span<SeriesColumn> columns)
    {
        int left = Headers().Length - _next;
        bool shares = Context.UsesLanes && _source.HasLanes && SeriesLanes.AreWorth(Math.Min(left, columns.Length), _source.Windows.LikelySamples);
        int filled = shares ? FillShared(columns[..Math.Min(left, columns.Length)]) : FillInOrder(columns);
        for (int i = 0; i < filled; i++)
        {
            columns[i].Index = _next;
            Annotate(columns[i]);
            _next++;
        }
        return filled;
    }

    /// <summary>One series of the batch.</summary>
    public void Work(int item, int lane)
    {
        ref Lane own = ref _lanes[lane];
        _source.ReadAt(_next + item, lane, own.Samples);
        Slide(ref own, _batch[item], _next + item);
    }

    protected override void Release()
    {
        _source.Dispose();
        foreach (Lane lane in _lanes)
        {
            lane.Samples.Dispose();
            lane.Places.Dispose();
        }
        _parameter?.Dispose();
        _second?.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders() =>
        _call.Function.Name is "last_over_time" or "first_over_time" ? _source.Headers() : WithoutNames(_source.Headers());

    private int FillInOrder(Span<SeriesColumn> columns)
    {
        ref Lane lane = ref _lanes[0];
        int filled = 0;
        for (; filled < columns.Length && NextSeries(lane.Samples); filled++) Slide(ref lane, columns[filled], _next + filled);
        return filled;

        bool NextSeries(SampleBuffer samples)
        {
            if (!_source.HasLanes) return _source.Next(samples);
            if (_next + filled == Headers().Length) return false;
            _source.ReadAt(_next + filled, 0, samples);
            return true;
        }
    }

    private int FillShared(Span<SeriesColumn> columns)
    {
        if (_batch.Length < columns.Length) _batch = new SeriesColumn[columns.Length];
        columns.CopyTo(_batch);
        // Read here, before two threads would.
        if (_parameter is not null) _ = _parameter.Values;
        if (_second is not null) _ = _second.Values;
        SeriesLanes.Run(this, columns.Length, Context.Threads!);
        return columns.Length;
    }

    private void Slide(ref Lane lane, SeriesColumn column, int index)
    {
        ReadOnlySpan<double> parameters = _parameter is null ? default : _parameter.Values;
        ReadOnlySpan<double> second = _second is null ? default : _second.Values;
        if (lane.Samples.Histograms.Count > 0 || !lane.Samples.Starts.IsEmpty)
        {
            lane.Mixed ??= MixedRange();
            lane.Mixed.Notes.Begin(_source.Headers()[index].Labels);
            lane.Mixed.Run(ref lane.Kernel, _source.Windows, lane.Samples, parameters, second, column);
            return;
        }
        long seen = WindowSlide.Run(ref lane.Kernel, lane.Places, lane.Samples.Times, lane.Samples.Values, parameters, column, second);
        WindowCount.Add(Meter, lane.Places, seen, _source.HasLanes);
    }

    private MixedRange MixedRange()
    {
        RangeBoundary boundary = RangeFunctions.BoundaryOf(_call);
        return new MixedRange(RangeFunctions.Find(_call.Function.Name, boundary), boundary, new RangeNotes(Context, _call.Arguments[0]), Meter, _source.HasLanes);
    }

    private void Annotate(SeriesColumn column)
    {
        string function = _call.Function.Name;
        if (function is "rate" or "increase") CounterNames.Check(Context, _call.Arguments[0], _source.Headers()[_next], column);
        else if (function == "quantile_over_time") WarnOfQuantiles(column);
    }

    private void WarnOfQuantiles(SeriesColumn column)
    {
        ReadOnlySpan<double> parameters = _parameter!.Values;
        for (int step = 0; step < column.Steps; step++)
        {
            if (Quantiles.IsOutOfRange(parameters[step]) && column.Has(step))
                Context.Annotations.Warn(Context, _call.Arguments[0], Annotations.QuantileOutOfRange(parameters[step]));
        }
    }

    private struct Lane
    {
        public SampleBuffer Samples;
        public WindowPlaces Places;
        public TKernel Kernel;
        public MixedRange? Mixed;
    }
}
