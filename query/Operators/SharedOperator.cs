using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>One place of a part that is shared.</summary>
internal sealed class SharedOperator : Operator
{
    private readonly Operator _own;
    private readonly SharedColumns _shared;
    private HeldColumns? _held;
    private bool _taken;
    private int _next;

    public SharedOperator(QueryContext context, Operator own, SharedColumns shared)
        : base(context, own.Grid)
    {
        (_own, _shared) = (own, shared);
        shared.Enter();
    }

    public override int Next(Span<SeriesColumn> columns)
    {
        if (!_taken)
        {
            Headers();
            (_held, _taken) = (_shared.Take(_own), true);
        }
        if (_held is null) return _own.Next(columns);
        int filled = 0;
        for (; filled < columns.Length && _next < _held.Count; filled++, _next++)
        {
            columns[filled].CopyFrom(_held[_next]);
            columns[filled].Index = _held[_next].Index;
        }
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders() => _shared.HeadersOf(_own);

    protected override void Release() => _shared.Leave(_own);
}
