using Streamline.Query.Engine;
using Streamline.Query.Plan;

namespace Streamline.Query.Operators;

/// <summary>
/// A node of the plan, series-major: it hands out each series once, in the order of its headers, as a column over all steps of its grid. One thread
/// drives it. Scalars are operators with one series without labels that is present at every step.
/// </summary>
internal abstract class Operator(QueryContext context, StepGrid grid) : IDisposable
{
    private SeriesHeader[]? _headers;

    /// <summary>The query this node works for.</summary>
    protected QueryContext Context { get; } = context;

    /// <summary>Where this node counts the samples that it reads.</summary>
    protected SampleMeter Meter { get; } = context.Meter;

    /// <summary>Steps of the columns.</summary>
    public StepGrid Grid { get; } = grid;

    /// <summary>Labels of all series. Computed at the first call; most operators need no sample for it.</summary>
    public SeriesHeader[] Headers() => _headers ?? KeepHeaders();

    /// <summary>Fills the caller's columns with the next series and returns their number, 0 at the end.</summary>
    public abstract int Next(Span<SeriesColumn> columns);

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the node holds, its inputs included.</summary>
    protected virtual void Release() { }

    /// <summary>Labels of all series.</summary>
    protected abstract SeriesHeader[] ComputeHeaders();

    private SeriesHeader[] KeepHeaders()
    {
        _headers = ComputeHeaders();
        Context.Account.ChargeHeaders(_headers);
        return _headers;
    }

    /// <summary>The header after a function or arithmetic: without the metric name, now or at the end.</summary>
    protected SeriesHeader WithoutName(SeriesHeader header) =>
        Context.DelayedNames ? header with { DropName = true }
        : new SeriesHeader(MetadataLabels.Remove(Context.Builder, header.Labels));

    /// <summary>All headers without metric name.</summary>
    protected SeriesHeader[] WithoutNames(SeriesHeader[] headers)
    {
        var result = new SeriesHeader[headers.Length];
        for (int i = 0; i < headers.Length; i++) result[i] = WithoutName(headers[i]);
        return result;
    }
}
