using Streamline.Storage;

namespace Streamline.Web.Federation;

/// <summary>The newest samples of all series that one of several selectors takes, by name. Series that have ended, and those without a name, are left out.</summary>
internal static class FederatedSelection
{
    private const int RunSamples = 256;

    public static List<FederatedSample> Read(ISampleStore store, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, TimeRange range, CancellationToken cancellation)
    {
        var samples = new List<FederatedSample>();
        var seen = selectors.Count > 1 ? new HashSet<Labels>() : null;
        long[] times = new long[RunSamples];
        double[] values = new double[RunSamples];
        var histograms = new NativeHistogram[RunSamples];
        foreach (var selector in selectors)
        {
            using var set = store.Select(selector, range, SelectHints.None);
            SampleCursor? cursor = null;
            for (int i = 0; i < set.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var labels = set.LabelsAt(i);
                string name = labels.Get("__name__");
                if (name.Length == 0 || seen?.Add(labels) == false) continue;
                cursor = set.Open(i, cursor);
                if (Last(cursor, times, values, histograms) is { } last) samples.Add(last with { Name = name, Labels = labels });
            }
            cursor?.Dispose();
        }
        // By name alone, and each name's in the order found: as Prometheus has them where there is one selector.
        return [.. samples.OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    private static FederatedSample? Last(SampleCursor cursor, long[] times, double[] values, NativeHistogram[] histograms)
    {
        FederatedSample? last = null;
        while (true)
        {
            int read = cursor.Next(times, values);
            if (read > 0) last = new FederatedSample("", Labels.Empty, times[read - 1], values[read - 1], null);
            else if (cursor.AtHistogram && (read = cursor.NextHistograms(times, histograms)) > 0) last = new FederatedSample("", Labels.Empty, times[read - 1], 0, histograms[read - 1]);
            else break;
        }
        return last is { } found && (found.Histogram?.IsStale ?? StaleMarker.Is(found.Value)) ? null : last;
    }
}
