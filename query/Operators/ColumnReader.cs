using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>
/// Reads an operator series by series through a few lent columns, looking for cancellation once per batch. It asks for a series even where the headers
/// promise none: the errors of a sub-expression count although its result does not.
/// </summary>
internal sealed class ColumnReader : IDisposable
{
    // Columns of a batch hold about this many steps together: enough work per call, little memory.
    private const int BatchSteps = 32_768;
    private const int MaxBatch = 64;

    private readonly QueryContext _context;
    private readonly Operator _source;
    private readonly SeriesColumn[] _columns;
    private int _filled;
    private int _next;

    public ColumnReader(QueryContext context, Operator source)
    {
        _context = context;
        _source = source;
        int batch = Math.Clamp(BatchSteps / Math.Max(1, source.Grid.Count), 1, MaxBatch);
        _columns = new SeriesColumn[Math.Clamp(source.Headers().Length, 1, batch)];
        for (int i = 0; i < _columns.Length; i++) _columns[i] = context.Account.RentColumn(source.Grid.Count);
    }

    /// <summary>The current series; valid until the next move.</summary>
    public SeriesColumn Current { get; private set; } = null!;

    /// <summary>Moves to the next series.</summary>
    public bool MoveNext()
    {
        if (_next == _filled)
        {
            _context.CheckCancelled();
            _next = 0;
            _filled = _source.Next(_columns);
            if (_filled == 0) return false;
        }
        Current = _columns[_next++];
        return true;
    }

    /// <summary>Returns the columns.</summary>
    public void Dispose()
    {
        foreach (SeriesColumn column in _columns) _context.Account.Return(column);
    }
}
