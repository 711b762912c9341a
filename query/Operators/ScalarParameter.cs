using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>A scalar argument, evaluated once over all steps.</summary>
internal sealed class ScalarParameter(QueryContext context, Operator source) : IDisposable
{
    private SeriesColumn? _column;

    /// <summary>One value a step.</summary>
    public ReadOnlySpan<double> Values => Column.Values;

    private SeriesColumn Column => _column ??= Read();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_column is not null) context.Account.Return(_column);
        source.Dispose();
    }

    private SeriesColumn Read()
    {
        SeriesColumn column = context.Account.RentColumn(source.Grid.Count);
        source.Headers();
        source.Next(new Span<SeriesColumn>(ref column));
        return column;
    }
}
