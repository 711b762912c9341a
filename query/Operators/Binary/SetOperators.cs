using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators.Binary;

/// <summary><c>and</c> and <c>unless</c>: the left columns, cut by the presence of any right series of the same signature.</summary>
internal sealed class IntersectOperator(QueryContext context, BinaryExpr expr, Operator left, Operator right) : Operator(context, left.Grid)
{
    private readonly Signatures _signatures = new(context.Builder, expr.Matching!);
    private SignatureMasks? _masks;

    public override int Next(Span<SeriesColumn> columns)
    {
        _masks ??= ReadRight();
        SeriesHeader[] headers = Headers();
        int filled = left.Next(columns);
        for (int i = 0; i < filled; i++)
        {
            ReadOnlySpan<ulong> mask = _masks.Of(_signatures.Find(headers[columns[i].Index].Labels));
            if (expr.Op == BinaryOperator.Unless) Presence.AndNot(columns[i].Present, mask);
            else Presence.And(columns[i].Present, mask);
        }
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders() => left.Headers();

    protected override void Release()
    {
        left.Dispose();
        right.Dispose();
    }

    private SignatureMasks ReadRight()
    {
        var masks = new SignatureMasks(Context.Account, Grid.Count);
        SeriesHeader[] headers = right.Headers();
        using var reader = new ColumnReader(Context, right);
        while (reader.MoveNext()) Presence.Or(masks.Grow(_signatures.Add(headers[reader.Current.Index].Labels)), reader.Current.Present);
        return masks;
    }
}

/// <summary><c>or</c>: the left columns, then the right ones where no left series of the same signature is present.</summary>
internal sealed class UnionOperator(QueryContext context, BinaryExpr expr, Operator left, Operator right) : Operator(context, left.Grid)
{
    private readonly Signatures _signatures = new(context.Builder, expr.Matching!);
    private readonly SignatureMasks _masks = new(context.Account, left.Grid.Count);
    private bool _leftDone;

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        if (!_leftDone)
        {
            int filled = left.Next(columns);
            if (filled > 0) return Record(columns[..filled]);
            _leftDone = true;
        }
        return Cut(columns[..right.Next(columns)]);
    }

    protected override SeriesHeader[] ComputeHeaders() => [.. left.Headers(), .. right.Headers()];

    protected override void Release()
    {
        left.Dispose();
        right.Dispose();
    }

    private int Record(Span<SeriesColumn> columns)
    {
        SeriesHeader[] headers = left.Headers();
        foreach (SeriesColumn column in columns) Presence.Or(_masks.Grow(_signatures.Add(headers[column.Index].Labels)), column.Present);
        return columns.Length;
    }

    private int Cut(Span<SeriesColumn> columns)
    {
        SeriesHeader[] headers = right.Headers();
        foreach (SeriesColumn column in columns)
        {
            Presence.AndNot(column.Present, _masks.Of(_signatures.Find(headers[column.Index].Labels)));
            column.Index += left.Headers().Length;
        }
        return columns.Length;
    }
}

/// <summary>Per signature, the steps at which any of its series is present.</summary>
internal sealed class SignatureMasks(QueryAccount account, int steps)
{
    private readonly List<ulong[]> _masks = [];
    private readonly ulong[] _none = new ulong[Presence.Words(steps)];

    /// <summary>The mask of a signature number, made if it is the next one.</summary>
    public Span<ulong> Grow(int signature)
    {
        if (signature == _masks.Count) _masks.Add(account.MakeMask(steps));
        return _masks[signature];
    }

    /// <summary>The mask, empty for -1.</summary>
    public ReadOnlySpan<ulong> Of(int signature) => signature < 0 ? _none : _masks[signature];
}
