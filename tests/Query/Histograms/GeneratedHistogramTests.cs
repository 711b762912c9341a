using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Histograms;

/// <summary>
/// Queries over generated series of histograms (gaps, resets, stale markers, layouts that change), the engine against naive answers
/// computed step by step from the samples.
/// </summary>
public sealed class GeneratedHistogramTests
{
    private const int Seeds = 60;
    private const long StepMs = 15_000;
    private const int Points = 40;
    private const long WindowMs = 4 * 60_000;

    private static readonly string[] Names = ["a", "b", "c"];

    // Times off the grid of the queries' edges; null is a stale marker.
    private sealed record Series(Labels Labels, List<(long Ms, NaiveHistogram? Histogram)> Samples);

    [Theory]
    [InlineData("h")]
    [InlineData("sum(h)")]
    [InlineData("avg(h)")]
    [InlineData("-h * 2")]
    [InlineData("h + on() group_left sum(h)")]
    [InlineData("rate(h[4m])")]
    [InlineData("increase(h[4m])")]
    [InlineData("sum_over_time(h[4m])")]
    [InlineData("avg_over_time(h[4m])")]
    [InlineData("last_over_time(h[4m])")]
    [InlineData("resets(h[4m])")]
    [InlineData("count_over_time(h[4m])")]
    [InlineData("histogram_count(h)")]
    [InlineData("sum(rate(h[4m]))")]
    public async Task Engine_AgreesWithTheNaiveAnswer(string query)
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            List<Series> data = Generate(new Random(seed), custom: seed % 3 == 0);
            using var engine = new QueryEngine(Table(data), new QueryEngineOptions());
            QueryResult result = await engine.RangeAsync(query, 0, Points * StepMs, 60_000, QueryParameters.Default, TestContext.Current.CancellationToken);
            for (long at = 0; at <= Points * StepMs; at += 60_000)
            {
                string? difference = Difference(Expected(query, data, at), result, at);
                Assert.True(difference is null, $"{query}, seed {seed}, at {at} ms: {difference}");
            }
        }
    }

    private static List<Series> Generate(Random random, bool custom)
    {
        List<Series> data = [];
        foreach (string name in Names)
        {
            var samples = new List<(long, NaiveHistogram?)>();
            NaiveHistogram current = HistogramSamples.Any(random, custom);
            for (int i = 0; i < Points; i++)
            {
                if (random.Next(10) == 0) continue;
                if (random.Next(25) == 0)
                {
                    samples.Add(((i * StepMs) + 1, null));
                    continue;
                }
                if (random.Next(12) == 0) current = HistogramSamples.Any(random, custom);
                for (int more = random.Next(4); more > 0; more--) HistogramSamples.Observe(current, random, random.Next(1, 6));
                samples.Add(((i * StepMs) + 1, current.Copy()));
            }
            data.Add(new Series(Labels.Of(("__name__", "h"), ("i", name)), samples));
        }
        return data;
    }

    private static MemoryTable Table(List<Series> data)
    {
        var table = new MemoryTable();
        foreach (Series series in data)
        {
            foreach (var (ms, histogram) in series.Samples) table.Add(series.Labels, ms, histogram?.ToNative() ?? NativeHistogram.Stale);
        }
        return table;
    }

    /// <summary>By label i, or by nothing; a number or a histogram.</summary>
    private static Dictionary<string, object> Expected(string query, List<Series> data, long at)
    {
        Dictionary<string, NaiveHistogram> now = [];
        foreach (Series series in data)
        {
            var seen = series.Samples.Where(s => s.Ms > at - 300_000 && s.Ms <= at).ToList();
            if (seen.Count > 0 && seen[^1].Histogram is { } last) now[series.Labels.Get("i")] = last;
        }
        Dictionary<string, object> Each(Func<NaiveHistogram, object> map) => now.ToDictionary(s => s.Key, s => map(s.Value));
        Dictionary<string, object> Windows(Func<List<(long Ms, NaiveHistogram H)>, object?> map)
        {
            Dictionary<string, object> results = [];
            foreach (Series series in data)
            {
                List<(long, NaiveHistogram)> window =
                    [.. series.Samples.Where(s => s.Ms > at - WindowMs && s.Ms <= at && s.Histogram is not null).Select(s => (s.Ms, s.Histogram!))];
                if (window.Count > 0 && map(window) is { } value) results[series.Labels.Get("i")] = value;
            }
            return results;
        }
        return query switch
        {
            "h" => Each(h => h),
            "-h * 2" => Each(h => h.Scale(-2)),
            "histogram_count(h)" => Each(h => h.Count),
            "sum(h)" => Total(now.Values, mean: false),
            "avg(h)" => Total(now.Values, mean: true),
            "h + on() group_left sum(h)" => Each(h => h.Plus((NaiveHistogram)Total(now.Values, mean: false)[""])),
            "rate(h[4m])" => Windows(w => Increase(w, at)?.Scale(1000.0 / WindowMs)),
            "increase(h[4m])" => Windows(w => Increase(w, at)),
            "sum(rate(h[4m]))" => Total(Windows(w => Increase(w, at)?.Scale(1000.0 / WindowMs)).Values.Cast<NaiveHistogram>(), mean: false),
            "sum_over_time(h[4m])" => Windows(w => Total(w.Select(s => s.H), mean: false)[""]),
            "avg_over_time(h[4m])" => Windows(w => Total(w.Select(s => s.H), mean: true)[""]),
            "last_over_time(h[4m])" => Windows(w => w[^1].H),
            "count_over_time(h[4m])" => Windows(w => (double)w.Count),
            "resets(h[4m])" => Windows(w => (double)Enumerable.Range(1, w.Count - 1).Count(i => w[i].H.IsResetAfter(w[i - 1].H))),
            _ => throw new NotSupportedException(query),
        };
    }

    private static Dictionary<string, object> Total(IEnumerable<NaiveHistogram> histograms, bool mean)
    {
        List<NaiveHistogram> all = [.. histograms];
        if (all.Count == 0) return [];
        NaiveHistogram sum = all.Aggregate((a, b) => a.Plus(b));
        return new() { [""] = mean ? sum.Scale(1.0 / all.Count) : sum };
    }

    private static NaiveHistogram? Increase(List<(long Ms, NaiveHistogram H)> window, long at)
    {
        if (window.Count < 2) return null;
        bool firstIsVoid = window[1].H.IsResetAfter(window[0].H);
        // The coarsest schema of the window counts, and before anything is subtracted.
        NaiveHistogram result = window[^1].H.In(window.Skip(firstIsVoid ? 1 : 0).Min(s => s.H.Schema));
        // A first sample that does not count has no observations, and the bounds of the second.
        if (!firstIsVoid) result = result.Plus(window[0].H, -1);
        else if (result.Bounds is not null) result = result.Plus(new NaiveHistogram { Schema = result.Schema, Bounds = window[1].H.Bounds });
        for (int i = firstIsVoid ? 2 : 1; i < window.Count; i++)
        {
            if (window[i].H.IsResetAfter(window[i - 1].H)) result = result.Plus(window[i - 1].H);
        }
        double sampled = (window[^1].Ms - window[0].Ms) / 1000.0, average = sampled / (window.Count - 1);
        double toStart = (window[0].Ms - (at - WindowMs)) / 1000.0, toEnd = (at - window[^1].Ms) / 1000.0;
        if (toStart >= 1.1 * average) toStart = average / 2;
        if (toEnd >= 1.1 * average) toEnd = average / 2;
        if (result.Count > 0) toStart = Math.Min(toStart, sampled * window[0].H.Count / result.Count);
        return result.Scale((sampled + toStart + toEnd) / sampled);
    }

    private static string? Difference(Dictionary<string, object> expected, QueryResult result, long at)
    {
        int found = 0;
        foreach (ResultSeries series in result.Series)
        {
            string key = series.Labels.Get("i");
            int number = series.TimestampsMs.Span.IndexOf(at), histogram = series.HistogramTimestampsMs.Span.IndexOf(at);
            if (number < 0 && histogram < 0) continue;
            found++;
            if (!expected.TryGetValue(key, out object? wanted)) return $"{series.Labels} is not expected";
            if (wanted is double value)
            {
                if (number < 0 || Math.Abs(series.Values.Span[number] - value) > 1e-9) return $"{series.Labels}: wanted {value}";
                continue;
            }
            if (histogram < 0) return $"{series.Labels}: wanted a histogram";
            if (((NaiveHistogram)wanted).Difference(NaiveHistogram.Of(series.Histograms.Span[histogram])) is { } difference) return $"{series.Labels}: {difference}";
        }
        return found == expected.Count ? null : $"{expected.Count} series wanted, {found} found";
    }
}
