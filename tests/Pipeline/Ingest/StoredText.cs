using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>What a store holds, as lines that a test can compare.</summary>
internal static class StoredText
{
    /// <summary>Series of a name (all without one): <c>name{a=b} v v</c>, values in time order, stale markers as "stale".</summary>
    public static List<string> Of(Tsdb store, string name = "") =>
        [.. Read(store, name).Select(s => $"{Shown(s.Labels)} {string.Join(' ', s.Values.Select(Shown))}")];

    public static List<(Labels Labels, long[] Times, double[] Values)> Read(Tsdb store, string name = "")
    {
        var found = new List<(Labels, long[], double[])>();
        LabelMatcher[] matchers = name.Length == 0 ? [new(MatchOperator.NotEqual, "__name__", "")] : [new(MatchOperator.Equal, "__name__", name)];
        using var set = store.Select(matchers, TimeRange.All, SelectHints.None);
        for (int i = 0; i < set.Count; i++)
        {
            using var cursor = set.Open(i);
            long[] times = new long[5000];
            double[] values = new double[5000];
            int count = 0;
            for (int read; (read = cursor.Next(times.AsSpan(count), values.AsSpan(count))) > 0; count += read) ;
            found.Add((set.LabelsAt(i), times[..count], values[..count]));
        }
        return found;
    }

    private static string Shown(double value) => StaleMarker.Is(value) ? "stale" : FloatText.Format(value);

    private static string Shown(Labels labels)
    {
        var others = labels.ToPairs().Where(p => p.Key != "__name__").Select(p => $"{p.Key}={p.Value}").ToList();
        return labels.Get("__name__") + (others.Count == 0 ? "" : "{" + string.Join(',', others) + "}");
    }
}
