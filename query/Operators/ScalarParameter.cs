using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>A scalar argument, evaluated once over all steps.</summary>
internal sealed class ScalarParameter : IDisposable
{
    private readonly QueryContext _context;
    private readonly Operator _source;
    private SeriesColumn? _column;

    public ScalarParameter(QueryContext context, Operator source)
    {
        (_context, _source) = (context, source);
        context.Parameters.Add(this);
    }

    /// <summary>One value a step.</summary>
    public ReadOnlySpan<double> Values => Column.Values;

    private SeriesColumn Column => _column ??= Read();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_column is not null) _context.Account.Return(_column);
        _source.Dispose();
    }

    private SeriesColumn Read()
    {
        SeriesColumn column = _context.Account.RentColumn(_source.Grid.Count);
        _source.Headers();
        _source.Next(new Span<SeriesColumn>(ref column));
        return column;
    }
}
