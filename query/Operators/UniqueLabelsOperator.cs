using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>
/// Stands behind every node that may give two series the same labels: such series become one if they never share a step, and are Prometheus's
/// error if they do. Without equal headers, the usual case, columns pass untouched; else all are kept until the end.
/// </summary>
internal sealed class UniqueLabelsOperator(QueryContext context, Operator inner, Func<int, int, QueryException>? clash = null)
    : Operator(context, inner.Grid)
{
    private int[]? _targets;
    private HeldColumns? _held;
    private List<int>? _firsts;
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        if (_targets is null) return inner.Next(columns);
        _held ??= Merge();
        int filled = 0;
        for (; filled < columns.Length && _next < _firsts!.Count; filled++, _next++)
        {
            columns[filled].Index = _next;
            columns[filled].CopyFrom(_held[_firsts[_next]]);
        }
        return filled;
    }

    protected override void Release()
    {
        _held?.Dispose();
        inner.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] headers = inner.Headers();
        var firstOf = new Dictionary<SeriesHeader, int>(headers.Length);
        int[] targets = new int[headers.Length];
        var firsts = new List<int>();
        for (int i = 0; i < headers.Length; i++)
        {
            if (firstOf.TryAdd(headers[i], i)) firsts.Add(i);
            targets[i] = firstOf[headers[i]];
        }
        if (firsts.Count == headers.Length) return headers;
        (_targets, _firsts) = (targets, firsts);
        return [.. firsts.Select(i => headers[i])];
    }

    private HeldColumns Merge()
    {
        HeldColumns held = HeldColumns.ReadAll(Context, inner);
        for (int i = 0; i < held.Count; i++)
        {
            int target = _targets![i];
            if (target != i && !held[target].TryMerge(held[i])) throw clash?.Invoke(target, i) ?? QueryContext.DuplicateLabelSet();
        }
        return held;
    }
}
