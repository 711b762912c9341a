using System.Globalization;
using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>Generated queries over generated series with gaps, resets, stale markers, NaN and infinities: the engine against the naive evaluator.</summary>
public sealed class GeneratedQueryTests
{
    private const int Tables = 12;
    private const int QueriesPerTable = 100;
    private const long LookbackMs = 45_000;
    private const int ShownFailures = 10;
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData(1)]
    [InlineData(20_251_121)]
    public void Range_GeneratedQueries_EqualTheDefinitions(int seed)
    {
        var random = new Random(seed);
        var generator = new QueryGenerator(random);
        int answers = 0, errors = 0;
        var failures = new List<string>();
        for (int table = 0; table < Tables; table++)
        {
            var data = Data(random);
            for (int i = 0; i < QueriesPerTable && failures.Count < ShownFailures; i++)
            {
                string query = generator.Vector(3);
                try
                {
                    if (Check(query, data, $"seed {seed}, table {table}, query {i}: {query}")) answers++;
                    else errors++;
                }
                catch (Exception e)
                {
                    failures.Add($"{e.Message} {(e is Xunit.Sdk.XunitException ? "" : $"seed {seed}: {query} {e}")}");
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(answers > Tables * QueriesPerTable / 2, $"only {answers} of the generated queries had an answer, {errors} none (seed {seed})");
    }

    private static bool Check(string query, SortedDictionary<Labels, List<(long Ms, double Value)>> data, string context)
    {
        var memory = new MemoryTable();
        foreach (var (labels, samples) in data)
        {
            foreach (var (ms, value) in samples) memory.Add(labels, ms, value);
        }
        var options = new QueryEngineOptions { LookbackMs = LookbackMs, DefaultSubqueryStepMs = 20_000, ExperimentalFunctions = true };
        Expr expr = PromqlParser.Parse(query);
        var naive = new NaiveEvaluator(data, LookbackMs, 20_000, 0, 390_000);
        var expected = new Dictionary<(string, long), double>();
        string? expectedError = null;
        try
        {
            for (long t = 0; t <= 390_000; t += 13_000)
            {
                foreach (var element in naive.Vector(expr, t)) expected[(element.Labels.ToString(), t)] = element.Value;
            }
        }
        catch (NaiveEvaluator.NaiveException e)
        {
            expectedError = e.Message;
        }
        using var engine = new QueryEngine(memory, options);
        QueryResult result;
        try
        {
            result = engine.RangeAsync(query, 0, 390_000, 13_000, QueryParameters.Default, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (QueryException e)
        {
            Assert.True(expectedError is not null, $"{context}: the engine refused: {e.Message}");
            return false;
        }
        Assert.True(expectedError is null, $"{context}: should fail with {expectedError}");
        Compare(expected, result, context);
        return true;
    }

    private static void Compare(Dictionary<(string, long), double> expected, QueryResult result, string context)
    {
        int points = 0;
        foreach (ResultSeries series in result.Series)
        {
            string labels = series.Labels.ToString();
            for (int i = 0; i < series.Values.Length; i++, points++)
            {
                long time = series.TimestampsMs.Span[i];
                double actual = series.Values.Span[i];
                Assert.True(expected.TryGetValue((labels, time), out double value), $"{context}: {labels} at {time} should be absent, is {actual}");
                Assert.True(Same(value, actual), $"{context}: {labels} at {time} should be {value:R}, is {actual:R}");
            }
        }
        Assert.True(points == expected.Count, $"{context}: {expected.Count} points expected, {points} found");
    }

    private static bool Same(double a, double b) =>
        a.Equals(b) || a == b || Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));

    private static SortedDictionary<Labels, List<(long Ms, double Value)>> Data(Random random)
    {
        var data = new SortedDictionary<Labels, List<(long, double)>>();
        foreach (string name in new[] { "m", "n_total" })
        {
            for (int a = 0; a < 3; a++)
            {
                for (int b = 0; b < 2; b++)
                {
                    if (random.Next(6) > 0)
                        data[Labels.Of(("__name__", name), ("a", a.ToString(CultureInfo.InvariantCulture)), ("b", b.ToString(CultureInfo.InvariantCulture)))] = Samples(random);
                }
            }
        }
        return data;
    }

    private static List<(long, double)> Samples(Random random)
    {
        var samples = new List<(long, double)>();
        double value = random.Next(100);
        bool wild = random.Next(4) == 0;
        for (long time = random.Next(10_000); time < 380_000; time += 9_000 + random.Next(2_000))
        {
            if (random.Next(12) == 0) time += 60_000;
            value = random.Next(8) == 0 ? random.Next(20) : value + (random.Next(40) / 4.0);
            int special = random.Next(wild ? 20 : 40);
            samples.Add((time, special switch
            {
                0 => StaleMarker.Value,
                1 when wild => double.NaN,
                2 when wild => double.PositiveInfinity,
                3 when wild => double.NegativeInfinity,
                _ => value,
            }));
        }
        return samples;
    }
}
