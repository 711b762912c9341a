using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Plan;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators;

/// <summary>A range function: decodes each series once and slides the windows of all steps over it.</summary>
internal sealed class RangeFunctionOperator<TKernel> : Operator where TKernel : struct, IWindowKernel
{
    private readonly RangeSource _source;
    private readonly CallExpr _call;
    private readonly ScalarParameter? _parameter;
    private readonly SampleBuffer _samples;
    private TKernel _kernel;
    private int _next;

    public RangeFunctionOperator(QueryContext context, StepGrid grid, CallExpr call, RangeSource source, ScalarParameter? parameter)
        : base(context, grid)
    {
        _call = call;
        _source = source;
        _parameter = parameter;
        _samples = new SampleBuffer(context.Account);
    }

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        int filled = 0;
        for (; filled < columns.Length && _source.Next(_samples); filled++)
        {
            SeriesColumn column = columns[filled];
            column.Index = _next;
            ReadOnlySpan<double> parameters = _parameter is null ? default : _parameter.Values;
            Context.Account.SamplesRead += WindowSlide.Run(ref _kernel, _source.Windows, _samples.Times, _samples.Values, parameters, column);
            Annotate(column);
            _next++;
        }
        return filled;
    }

    protected override void Release()
    {
        _source.Dispose();
        _samples.Dispose();
        _parameter?.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders() =>
        _call.Function.Name is "last_over_time" or "first_over_time" ? _source.Headers() : WithoutNames(_source.Headers());

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
}
