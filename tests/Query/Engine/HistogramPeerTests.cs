using System.Globalization;
using System.Text.Json;
using Streamline.Query.Tests.Histograms;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>
/// Generated queries over native histograms, answered by the engine and by Debian's Prometheus (2.42) over the same data. What is known to differ is left out by
/// construction, but for quantiles:
/// <list type="bullet">
/// <item>Within a bucket a quantile is interpolated exponentially here, linearly there (3.0 changed it): both must lie in one bucket. A rank between two buckets is the end of
/// the lower there, the beginning of the upper here (3.0 walks from the nearer end): ranks are odd, and neither 0 nor 1.</item>
/// <item>Histograms whose zero buckets differ in width are added wrongly there: buckets that the wider one swallows stay as well, so that the buckets are more than
/// the count. One table has one width.</item>
/// <item>Stale markers of histograms are observations within a window there: series end in gaps only.</item>
/// <item>rate and increase extrapolate to zero at most here, without that bound there: counts stay far above zero and reset once.</item>
/// <item>A histogram series' first window of a query holds one histogram again and again there if it is of integers, so that rate is 0: asked of float histograms.</item>
/// <item>A range query over windows goes wrong there in the same way later on: each query is asked at one moment.</item>
/// <item>Where counts and sums alone are read, histograms whose resets collide do not add up here (as in 3.14), and do there: not asked for.</item>
/// <item>Windows and lookback include their left edge there: no sample lies on an edge.</item>
/// </list>
/// </summary>
public sealed class HistogramPeerTests
{
    private const int Queries = 1500;
    private const long StartMs = 1_700_000_000_000, EndMs = StartMs + 390_000, StepMs = 13_000, LookbackMs = 45_000;

    // Sums of a different order and compensation.
    private const double Tolerance = 1e-9;

    // Of the coarsest schema of the data, -1: a bucket's bounds are a factor of four apart.
    private const double WidestBucket = 4, ZeroThreshold = 0.001;

    private sealed record Histogram(double Count, double Sum, IReadOnlyDictionary<string, double> Buckets);

    [Theory]
    [InlineData(7)]
    [InlineData(20_261_130)]
    public async Task GeneratedQueries_LikePrometheus(int seed)
    {
        PrometheusPeer.SkipIfMissing();
        var random = new Random(seed);
        var generator = new HistogramQueryGenerator(random);
        string folder = Directory.CreateTempSubdirectory("streamline-peer-").FullName;
        try
        {
            MemoryTable table = Write(folder, random);
            await using var peer = await PrometheusPeer.StartAsync(folder, LookbackMs);
            using var engine = new QueryEngine(table, new QueryEngineOptions { LookbackMs = LookbackMs });
            var failures = new List<string>();
            int answers = 0, points = 0;
            for (int i = 0; i < Queries && failures.Count < 10; i++)
            {
                var (query, isQuantile) = generator.Next(2);
                long at = StartMs + (StepMs * random.Next((int)((EndMs - StartMs) / StepMs)));
                var (series, theirError) = await peer.RangeAsync(query, at, at, StepMs);
                var theirs = Theirs(series);
                var (ours, ourError) = await OursAsync(engine, query, at);
                if (theirError is not null && ourError is not null) continue;
                if (theirError is not null || ourError is not null) failures.Add($"seed {seed}, {i}: {query}: theirs {theirError ?? "an answer"}, ours {ourError ?? "an answer"}");
                else if (Difference(theirs, ours, isQuantile) is { } difference) failures.Add($"seed {seed}, {i}: {query}: {difference}");
                answers++;
                points += theirs.Count;
            }
            Assert.True(failures.Count == 0, string.Join('\n', failures));
            Assert.True(answers > Queries / 2 && points > Queries, $"{answers} answers, {points} points: the generator has gone bad");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Difference(Dictionary<string, object> theirs, Dictionary<string, object> ours, bool isQuantile)
    {
        foreach (var (place, value) in theirs)
        {
            if (!ours.TryGetValue(place, out object? other)) return $"{place} is {Text(value)} there and absent here";
            if (!IsSame(value, other, isQuantile)) return $"{place} is {Text(value)} there and {Text(other)} here";
        }
        return ours.Keys.FirstOrDefault(place => !theirs.ContainsKey(place)) is { } more ? $"{more} is {Text(ours[more])} here and absent there" : null;
    }

    private static bool IsSame(object theirs, object ours, bool isQuantile) => (theirs, ours) switch
    {
        (double a, double b) => IsSame(a, b) || (isQuantile && AreOfOneBucket(a, b)),
        (Histogram a, Histogram b) => IsSame(a.Count, b.Count) && IsSame(a.Sum, b.Sum) && a.Buckets.Keys.Union(b.Buckets.Keys).All(k => IsSame(a.Buckets.GetValueOrDefault(k), b.Buckets.GetValueOrDefault(k))),
        _ => false,
    };

    private static bool AreOfOneBucket(double a, double b) =>
        (a * b > 0 && Math.Abs(Math.Log(a / b)) < Math.Log(WidestBucket)) || (Math.Abs(a) <= ZeroThreshold && Math.Abs(b) <= ZeroThreshold);

    private static bool IsSame(double a, double b) =>
        a.Equals(b) || a == b || Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));

    private static async Task<(Dictionary<string, object> Points, string? Error)> OursAsync(QueryEngine engine, string query, long at)
    {
        var points = new Dictionary<string, object>();
        try
        {
            using QueryResult result = await engine.RangeAsync(query, at, at, StepMs, QueryParameters.Default, TestContext.Current.CancellationToken);
            foreach (ResultSeries series in result.Series)
            {
                string labels = Canonical(series.Labels.ToPairs());
                for (int i = 0; i < series.Values.Length; i++) points[$"{labels} {series.TimestampsMs.Span[i]}"] = series.Values.Span[i];
                for (int i = 0; i < series.Histograms.Length; i++) points[$"{labels} {series.HistogramTimestampsMs.Span[i]}"] = Of(series.Histograms.Span[i]);
            }
            return (points, null);
        }
        catch (QueryException error)
        {
            return (points, error.Message);
        }
    }

    private static Dictionary<string, object> Theirs(IReadOnlyList<JsonElement> result)
    {
        var points = new Dictionary<string, object>();
        foreach (var series in result)
        {
            string labels = Canonical(series.GetProperty("metric").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!)));
            if (series.TryGetProperty("values", out var values))
            {
                foreach (var point in values.EnumerateArray()) points[$"{labels} {PrometheusPeer.Milliseconds(point[0])}"] = PrometheusPeer.Number(point[1]);
            }
            if (!series.TryGetProperty("histograms", out var histograms)) continue;
            foreach (var point in histograms.EnumerateArray()) points[$"{labels} {PrometheusPeer.Milliseconds(point[0])}"] = Of(point[1]);
        }
        return points;
    }

    private static Histogram Of(NativeHistogram histogram)
    {
        var buckets = new Dictionary<string, double>();
        foreach (HistogramBucket bucket in histogram.Buckets()) buckets[Place(bucket.Lower, bucket.Upper)] = bucket.Count;
        return new(histogram.Count, histogram.Sum, buckets);
    }

    private static Histogram Of(JsonElement histogram)
    {
        var buckets = histogram.TryGetProperty("buckets", out var list) ? list.EnumerateArray().ToDictionary(b => Place(PrometheusPeer.Number(b[1]), PrometheusPeer.Number(b[2])), b => PrometheusPeer.Number(b[3])) : [];
        return new(PrometheusPeer.Number(histogram.GetProperty("count")), PrometheusPeer.Number(histogram.GetProperty("sum")), buckets);
    }

    private static string Place(double lower, double upper) => string.Create(CultureInfo.InvariantCulture, $"{lower:E10} {upper:E10}");

    private static string Text(object value) => value is Histogram h ? string.Create(CultureInfo.InvariantCulture, $"count {h.Count} sum {h.Sum} {string.Join(", ", h.Buckets.Where(b => b.Value != 0).Select(b => $"{b.Key}: {b.Value}"))}") : string.Create(CultureInfo.InvariantCulture, $"{value:R}");

    private static string Canonical(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    /// <summary>Series with gaps, a reset and layouts that change with it, into a table and, through our store, into a directory.</summary>
    private static MemoryTable Write(string folder, Random random)
    {
        var table = new MemoryTable();
        double zeroThreshold = random.Next(2) == 0 ? 0 : ZeroThreshold;
        using var store = Tsdb.Open(new TsdbOptions { Path = folder });
        foreach (string name in (string[])["h", "i"])
        {
            for (int series = 0; series < 6; series++)
            {
                Labels labels = Labels.Of(("__name__", name), ("a", $"{series / 2}"), ("b", $"{series % 2}"));
                SeriesHandle handle = store.Resolve(labels);
                var batch = new SampleBatch("test");
                foreach (var (ms, histogram) in Samples(random, zeroThreshold, isInteger: name == "i"))
                {
                    batch.Add(handle, ms, histogram);
                    table.Add(labels, ms, histogram);
                }
                Assert.Equal(0, store.Commit(batch).Rejected);
                batch.Release();
            }
        }
        return table;
    }

    private static List<(long, NativeHistogram)> Samples(Random random, double zeroThreshold, bool isInteger)
    {
        var samples = new List<(long, NativeHistogram)>();
        NaiveHistogram current = Began(random, random.Next(-1, 4), zeroThreshold, 50_000);
        bool hasReset = false;
        for (long time = random.Next(10); time < 380; time += 9 + random.Next(3))
        {
            if (random.Next(14) == 0) time += 60;
            if (!hasReset && random.Next(12) == 0)
            {
                current = Began(random, current.Schema, zeroThreshold, 2000);
                hasReset = true;
            }
            for (int more = random.Next(4); more > 0; more--) HistogramSamples.Observe(current, random, random.Next(1, 6));
            // Never on a whole or a half second.
            samples.Add((StartMs + (time * 1000) + 101 + random.Next(390), Native(current, isInteger)));
        }
        return samples;
    }

    private static NaiveHistogram Began(Random random, int schema, double zeroThreshold, int count)
    {
        var histogram = new NaiveHistogram { Schema = schema, ZeroThreshold = zeroThreshold };
        for (int part = 0; part < 4; part++) HistogramSamples.Observe(histogram, random, count / 4);
        return histogram;
    }

    private static NativeHistogram Native(NaiveHistogram histogram, bool isInteger)
    {
        NativeHistogram native = histogram.ToNative();
        return new NativeHistogram
        {
            Schema = native.Schema,
            ZeroThreshold = native.ZeroThreshold,
            ZeroCount = native.ZeroCount,
            Count = native.Count,
            Sum = native.Sum,
            IsInteger = isInteger,
            PositiveSpanArray = native.PositiveSpanArray,
            PositiveBucketArray = native.PositiveBucketArray,
            NegativeSpanArray = native.NegativeSpanArray,
            NegativeBucketArray = native.NegativeBucketArray,
        };
    }
}
