using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>All columns of an operator, kept: for nodes that need their whole input at once.</summary>
internal sealed class HeldColumns : IDisposable
{
    // Enough at a time that two cores can share the work.
    private const int Batch = 64;

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
        int filled;
        do
        {
            context.CheckCancelled();
            filled = held.ReadSome(source, Math.Clamp(total - held.Count, 1, Batch));
        }
        while (filled > 0 && held.Count < total);
        return held;
    }

    private int ReadSome(Operator source, int most)
    {
        var columns = new SeriesColumn[most];
        for (int i = 0; i < most; i++) columns[i] = _account.RentColumn(source.Grid.Count);
        int filled = source.Next(columns);
        _columns.AddRange(columns.AsSpan(0, filled));
        foreach (SeriesColumn left in columns.AsSpan(filled)) _account.Return(left);
        return filled;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SeriesColumn column in _columns) _account.Return(column);
        _columns.Clear();
    }
}
