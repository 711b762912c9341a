using Streamline.Query.Engine;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>The series of one selector, opened once: its headers and a cursor that moves from series to series.</summary>
internal sealed class Selection : IDisposable
{
    private readonly QueryContext _context;
    private readonly SeriesSet _series;
    private SampleCursor? _cursor;

    public Selection(QueryContext context, IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints)
    {
        _context = context;
        _series = context.Store.Select(matchers, range, hints);
        Headers = new SeriesHeader[_series.Count];
        for (int i = 0; i < Headers.Length; i++) Headers[i] = new SeriesHeader(_series.LabelsAt(i));
    }

    /// <summary>Labels, ascending.</summary>
    public SeriesHeader[] Headers { get; }

    /// <summary>Opens a series; the cursor is good until the next call.</summary>
    public SampleCursor Open(int index)
    {
        _context.Account.SeriesRead++;
        return _cursor = _series.Open(index, _cursor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cursor?.Dispose();
        _series.Dispose();
    }
}
