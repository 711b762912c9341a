namespace Streamline.Storage.Head;

/// <summary>Cardinality of the head, from the postings.</summary>
internal static class HeadStatus
{
    public static TsdbStatus Of(HeadStore head, int limit)
    {
        var byMetric = new List<TsdbStat>();
        var values = new List<TsdbStat>();
        var memory = new List<TsdbStat>();
        var byPair = new List<TsdbStat>();
        long pairs = 0;
        foreach (var index in head.Series.Postings.All)
        {
            long count = 0, bytes = 0;
            var series = new List<TsdbStat>();
            index.ForEach((value, used) =>
            {
                count++;
                bytes += value.Length;
                series.Add(new TsdbStat(System.Text.Encoding.UTF8.GetString(value), used));
            });
            if (count == 0) continue;
            pairs += count;
            values.Add(new TsdbStat(index.NameText, count));
            memory.Add(new TsdbStat(index.NameText, bytes));
            var top = Top(series, limit);
            if (index.Name.SequenceEqual(Labels.MetricName)) byMetric = top;
            byPair.AddRange(top.Select(s => new TsdbStat($"{index.NameText}={s.Name}", s.Value)));
        }
        return new TsdbStatus(head.Series.Count, pairs, head.ChunkCount, head.MinTime, head.MaxTime, byMetric, Top(values, limit), Top(memory, limit), Top(byPair, limit));
    }

    private static List<TsdbStat> Top(List<TsdbStat> all, int limit) =>
        [.. all.OrderByDescending(s => s.Value).ThenBy(s => s.Name, StringComparer.Ordinal).Take(limit)];
}
