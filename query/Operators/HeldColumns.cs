using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>All columns of an operator, kept: for nodes that need their whole input at once.</summary>
internal sealed class HeldColumns : IDisposable
{
    private readonly QueryAccount _account;
    private readonly List<SeriesColumn> _columns = [];

    private HeldColumns(QueryAccount account) => _account = account;

    /// <summary>Series held.</summary>
    public int Count => _columns.Count;

    /// <summary>The column of a series, by its position in the headers.</summary>
    public SeriesColumn this[int index] => _columns[index];

    /// <summary>Reads an operator to its end.</summary>
    public static HeldColumns ReadAll(QueryContext context, Operator source)
    {
        var held = new HeldColumns(context.Account);
        int total = source.Headers().Length;
        do
        {
            context.CheckCancelled();
            SeriesColumn column = context.Account.RentColumn(source.Grid.Count);
            if (source.Next(new Span<SeriesColumn>(ref column)) > 0)
            {
                held._columns.Add(column);
                continue;
            }
            context.Account.Return(column);
            break;
        }
        while (held._columns.Count < total);
        return held;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SeriesColumn column in _columns) _account.Return(column);
        _columns.Clear();
    }
}
