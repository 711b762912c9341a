using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>
/// The columns of a part that a query has at several places. The place that is asked for its headers first is the owner: its operator is read, once, by whoever
/// needs the columns first, and its headers are those of all places, since another selection may see series that are newer.
/// </summary>
internal sealed class SharedColumns(QueryContext context)
{
    // More would be held for long where each place alone lets go of it series by series: 4 MB of values.
    private const long MostCells = 500_000;

    // Of the plan's part that this belongs to.
    private readonly SampleMeter _meter = context.Meter;
    private Operator? _owner;
    private SeriesHeader[] _headers = [];
    private HeldColumns? _held;
    private SampleCounts _counts;
    private bool _isLarge, _hasNotes;
    private int _places;

    /// <summary>One more place.</summary>
    public void Enter() => _places++;

    /// <summary>Headers for a place with an operator of its own.</summary>
    public SeriesHeader[] HeadersOf(Operator own)
    {
        if (_owner is null)
        {
            _owner = own;
            Watched(() => _headers = own.Headers());
            _isLarge = (long)_headers.Length * own.Grid.Count > MostCells;
        }
        return _isLarge ? own.Headers() : _headers;
    }

    /// <summary>The columns for a place; null where it must read its own operator.</summary>
    public HeldColumns? Take(Operator own)
    {
        if (_isLarge) return null;
        if (_held is null) Watched(() => _held = HeldColumns.ReadAll(context, _owner!));
        if (ReferenceEquals(own, _owner)) return _held;
        // Warnings name the place in the query: a part that has any is evaluated at each.
        if (_hasNotes && own.Headers().AsSpan().SequenceEqual(_headers)) return null;
        // Prometheus evaluates each place, and counts.
        _meter.Add(_counts);
        return _held;
    }

    /// <summary>A place is done. The owner's operator lives as long as any.</summary>
    public void Leave(Operator own)
    {
        if (!ReferenceEquals(own, _owner)) own.Dispose();
        if (--_places > 0) return;
        _held?.Dispose();
        _owner?.Dispose();
    }

    private void Watched(Action work)
    {
        SampleCounts before = _meter.Counts();
        int notes = context.Annotations.Added;
        work();
        _hasNotes |= context.Annotations.Added != notes;
        _counts = _meter.Counts().Less(before).Plus(_counts);
    }
}
