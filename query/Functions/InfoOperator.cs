using Streamline.Query.Engine;
using Streamline.Query.Operators;
using Streamline.Storage;

namespace Streamline.Query.Functions;

/// <summary>
/// <c>info</c>: adds the labels of info series with the same <c>instance</c> and <c>job</c>, of each info metric the newest series at the step. As info series
/// come and go, one input series may become several, so the input is held and the headers are known at the end only.
/// </summary>
internal sealed class InfoOperator(QueryContext context, Operator inner, Operator infoTimes, InfoSelector selector) : Operator(context, inner.Grid)
{
    private readonly List<SeriesColumn> _columns = [];
    private readonly List<SeriesHeader> _headers = [];
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        int filled = 0;
        for (; filled < columns.Length && _next < _columns.Count; filled++, _next++)
        {
            columns[filled].Index = _next;
            columns[filled].CopyFrom(_columns[_next]);
        }
        return filled;
    }

    protected override void Release()
    {
        foreach (SeriesColumn column in _columns) Context.Account.Return(column);
        _columns.Clear();
        inner.Dispose();
        infoTimes.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] series = inner.Headers(), infos = infoTimes.Headers();
        using HeldColumns times = HeldColumns.ReadAll(Context, infoTimes);
        Dictionary<Labels, InfoCandidates> candidates = Candidates(infos);
        using var reader = new ColumnReader(Context, inner);
        while (reader.MoveNext())
        {
            SeriesHeader header = series[reader.Current.Index];
            if (selector.IsInfo(header.Labels)) Keep(header, reader.Current);
            else Join(header, reader.Current, candidates.GetValueOrDefault(InfoSelector.Identity(Context.Builder, header.Labels)), infos, times);
        }
        return [.. _headers];
    }

    /// <summary>Info series by their identity, then by metric name.</summary>
    private Dictionary<Labels, InfoCandidates> Candidates(SeriesHeader[] infos)
    {
        var candidates = new Dictionary<Labels, InfoCandidates>();
        for (int i = 0; i < infos.Length; i++)
        {
            Labels identity = InfoSelector.Identity(Context.Builder, infos[i].Labels);
            // Series without instance and job belong to nobody.
            if (identity.IsEmpty) continue;
            if (!candidates.TryGetValue(identity, out InfoCandidates? known)) candidates[identity] = known = new InfoCandidates();
            known.Add(infos[i].Labels.Get("__name__"), i);
        }
        return candidates;
    }

    private void Keep(SeriesHeader header, SeriesColumn column) => Output(header).CopyFrom(column);

    private void Join(SeriesHeader header, SeriesColumn column, InfoCandidates? candidates, SeriesHeader[] infos, HeldColumns times)
    {
        var outputs = new List<(int[] Chosen, SeriesColumn? Column)>();
        int[] chosen = new int[candidates?.Metrics ?? 0];
        int last = -1;
        for (int step = 0; step < column.Steps; step++)
        {
            if (!column.Has(step)) continue;
            candidates?.Choose(times, step, infos, chosen);
            if (last < 0 || !outputs[last].Chosen.AsSpan().SequenceEqual(chosen))
            {
                last = outputs.FindIndex(o => o.Chosen.AsSpan().SequenceEqual(chosen));
                if (last < 0)
                {
                    last = outputs.Count;
                    outputs.Add(([.. chosen], Enriched(header, chosen, infos)));
                }
            }
            outputs[last].Column?.CopyStep(column, step, step);
        }
    }

    /// <summary>The output of a series joined with some info series; none when the selector insists on a label and there is no info series.</summary>
    private SeriesColumn? Enriched(SeriesHeader header, int[] chosen, SeriesHeader[] infos)
    {
        if (Array.TrueForAll(chosen, c => c < 0)) return selector.AcceptsNothing ? Output(header) : null;
        LabelsBuilder builder = Context.Builder.Reset(header.Labels);
        var added = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (int info in chosen)
        {
            if (info < 0) continue;
            foreach (Labels.Pair pair in infos[info].Labels)
            {
                if (!selector.Adds(pair.Name) || header.Labels.Has(pair.Name)) continue;
                if (added.TryGetValue(pair.NameString, out string? value) && value != pair.ValueString)
                    throw new QueryException(QueryErrorKind.Execution, $"conflicting label: {pair.NameString}");
                added[pair.NameString] = pair.ValueString;
                builder.Set(pair.Name, pair.Value);
            }
        }
        return Output(header with { Labels = builder.Build() });
    }

    private SeriesColumn Output(SeriesHeader header)
    {
        SeriesColumn column = Context.Account.RentColumn(Grid.Count);
        _columns.Add(column);
        _headers.Add(header);
        return column;
    }
}

/// <summary>The info series of one identity, by metric name.</summary>
internal sealed class InfoCandidates
{
    private readonly List<string> _names = [];
    private readonly List<List<int>> _series = [];

    /// <summary>Info metrics.</summary>
    public int Metrics => _names.Count;

    /// <summary>Adds a series.</summary>
    public void Add(string name, int series)
    {
        int at = _names.IndexOf(name);
        if (at < 0)
        {
            at = _names.Count;
            _names.Add(name);
            _series.Add([]);
        }
        _series[at].Add(series);
    }

    /// <summary>Per metric the series with the newest sample at a step, or -1.</summary>
    public void Choose(HeldColumns times, int step, SeriesHeader[] headers, int[] chosen)
    {
        for (int metric = 0; metric < chosen.Length; metric++)
        {
            chosen[metric] = -1;
            double newest = double.NegativeInfinity;
            foreach (int series in _series[metric])
            {
                if (!times[series].Has(step)) continue;
                double time = times[series].Values[step];
                if (time == newest) throw Twice(headers[chosen[metric]].Labels, headers[series].Labels, (long)Math.Round(time * 1000));
                if (time < newest) continue;
                (newest, chosen[metric]) = (time, series);
            }
        }
    }

    private static QueryException Twice(Labels first, Labels second, long timeMs) =>
        new(QueryErrorKind.Execution, $"found duplicate series for info metric: existing {first} @ {timeMs}, new {second} @ {timeMs}");
}
