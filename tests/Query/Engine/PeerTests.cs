using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>
/// Generated queries, answered by the engine and by Debian's Prometheus (2.42) over the same data. What is known to differ is left out by construction:
/// <list type="bullet">
/// <item>Windows and lookback include their left edge there: no sample and no point of a subquery lies on an edge (odd milliseconds, windows of half seconds).</item>
/// <item>rate and increase clamp at zero before the threshold of extrapolation there and behind it here: counters stay far above zero and reset once.</item>
/// <item>predict_linear beside @ loses its window after the first steps there and knows no infinities; stddev and stdvar of one infinity are 0 there and NaN here;
/// timestamp beside @ looks back less far by its offset there: none of these is asked for.</item>
/// <item>@ inside a subquery reads at a wrong time there if the subquery has an @ of its own and begins at the query's start; not asked for.</item>
/// <item>Powers differ in the last digit, which count_values would make a label: it counts plain values only.</item>
/// <item>Functions, and parameters that change from step to step, of later versions are not asked for.</item>
/// <item>Series that become equal by losing their name are an error there even if they never share a step (promql/engine.go); here only if they do.</item>
/// <item>A second match of a comparison is an error here before it is compared, there only if both hold.</item>
/// <item>Of equal values topk may choose any: values are told apart by series.</item>
/// </list>
/// </summary>
public sealed class PeerTests
{
    private const int Queries = 600;
    private const long StartMs = 1_700_000_000_000, EndMs = StartMs + 390_000, StepMs = 13_000, LookbackMs = 45_000;

    // Sums of a different order and compensation.
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData(7)]
    [InlineData(20_261_122)]
    public async Task Range_GeneratedQueries_LikePrometheus(int seed)
    {
        PrometheusPeer.SkipIfMissing();
        var random = new Random(seed);
        var generator = new QueryGenerator(random) { AtBase = StartMs / 1000, IsOld = true, AvoidsEdges = true };
        string folder = Directory.CreateTempSubdirectory("streamline-peer-").FullName;
        try
        {
            MemoryTable table = Write(folder, random);
            await using var peer = await PrometheusPeer.StartAsync(folder, LookbackMs);
            using var engine = new QueryEngine(table, new QueryEngineOptions { LookbackMs = LookbackMs, DefaultSubqueryStepMs = 20_000 });
            var failures = new List<string>();
            int answers = 0, points = 0;
            for (int i = 0; i < Queries && failures.Count < 10; i++)
            {
                string query = generator.Vector(3);
                var (theirs, theirError) = await AskAsync(peer, query);
                var (ours, ourError) = await AnswerAsync(engine, query);
                bool known = (theirError is { } lost && ourError is null && lost.Contains("same labelset", StringComparison.Ordinal))
                    || (theirError is null && ourError is { } twice && twice.Contains("multiple matches", StringComparison.Ordinal));
                if (known || (theirError is not null && ourError is not null)) continue;
                if (theirError is not null || ourError is not null) failures.Add($"seed {seed}, {i}: {query}: theirs {theirError ?? "an answer"}, ours {ourError ?? "an answer"}");
                else if (Difference(theirs, ours) is { } difference) failures.Add($"seed {seed}, {i}: {query}: {difference}");
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

    private static string? Difference(Dictionary<string, double> theirs, Dictionary<string, double> ours)
    {
        foreach (var (place, value) in theirs)
        {
            if (!ours.TryGetValue(place, out double other)) return $"{place} is {value:R} there and absent here";
            if (!IsSame(value, other)) return $"{place} is {value:R} there and {other:R} here";
        }
        return ours.Keys.FirstOrDefault(place => !theirs.ContainsKey(place)) is { } more ? $"{more} is {ours[more]:R} here and absent there" : null;
    }

    private static bool IsSame(double a, double b) =>
        a.Equals(b) || a == b || Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));

    private static async Task<(Dictionary<string, double> Points, string? Error)> AnswerAsync(QueryEngine engine, string query)
    {
        var points = new Dictionary<string, double>();
        try
        {
            using QueryResult result = await engine.RangeAsync(query, StartMs, EndMs, StepMs, QueryParameters.Default, TestContext.Current.CancellationToken);
            foreach (ResultSeries series in result.Series)
            {
                string labels = Canonical(series.Labels.ToPairs());
                for (int i = 0; i < series.Values.Length; i++) points[$"{labels} {series.TimestampsMs.Span[i]}"] = series.Values.Span[i];
            }
            return (points, null);
        }
        catch (QueryException error)
        {
            return (points, error.Message);
        }
    }

    private static string Canonical(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    /// <summary>Series with gaps, resets, stale markers, NaN and infinities, into a table and, through our store, into a directory.</summary>
    private static MemoryTable Write(string folder, Random random)
    {
        var table = new MemoryTable();
        using var store = Tsdb.Open(new TsdbOptions { Path = folder });
        int number = 0;
        foreach (string name in (string[])["m", "n_total"])
        {
            for (int series = 0; series < 6; series++)
            {
                Labels labels = Labels.Of(("__name__", name), ("a", $"{series / 2}"), ("b", $"{series % 2}"));
                SeriesHandle handle = store.Resolve(labels);
                var batch = new SampleBatch("test");
                foreach (var (ms, value) in Samples(random, name == "m", ++number * 1e-3))
                {
                    batch.Add(handle, ms, value);
                    table.Add(labels, ms, value);
                }
                Assert.Equal(0, store.Commit(batch).Rejected);
                batch.Release();
            }
        }
        return table;
    }

    private static List<(long, double)> Samples(Random random, bool isGauge, double ownPart)
    {
        var samples = new List<(long, double)>();
        double value = isGauge ? random.Next(100) : 50_000;
        for (long time = random.Next(10); time < 380; time += 9 + random.Next(3))
        {
            if (random.Next(14) == 0) time += 60;
            bool resets = random.Next(9) == 0;
            value = resets && isGauge ? random.Next(20) : resets && value > 10_000 ? 2000 + random.Next(100) : value + (random.Next(40) / 4.0);
            double special = random.Next(30) switch { 0 => StaleMarker.Value, 1 when isGauge => StaleMarker.NormalNaN, 2 when isGauge => double.PositiveInfinity, _ => value + ownPart };
            // Never on a whole or a half second.
            samples.Add((StartMs + (time * 1000) + 101 + random.Next(390), special));
        }
        return samples;
    }

    private static async Task<(Dictionary<string, double> Points, string? Error)> AskAsync(PrometheusPeer peer, string query)
    {
        var points = new Dictionary<string, double>();
        var (result, error) = await peer.RangeAsync(query, StartMs, EndMs, StepMs);
        foreach (var series in result)
        {
            string labels = Canonical(series.GetProperty("metric").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!)));
            foreach (var point in series.GetProperty("values").EnumerateArray()) points[$"{labels} {PrometheusPeer.Milliseconds(point[0])}"] = PrometheusPeer.Number(point[1]);
        }
        return (points, error);
    }
}
