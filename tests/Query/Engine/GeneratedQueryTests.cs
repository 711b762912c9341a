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

    private static readonly string[] RangeFunctions =
    [
        "rate", "increase", "delta", "irate", "idelta", "deriv", "changes", "resets", "sum_over_time", "avg_over_time", "min_over_time", "max_over_time",
        "count_over_time", "last_over_time", "first_over_time", "present_over_time", "stddev_over_time", "stdvar_over_time", "absent_over_time",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20_251_121)]
    public void Range_GeneratedQueries_EqualTheDefinitions(int seed)
    {
        var random = new Random(seed);
        int answers = 0, errors = 0;
        var failures = new List<string>();
        for (int table = 0; table < Tables; table++)
        {
            var data = Data(random);
            for (int i = 0; i < QueriesPerTable && failures.Count < ShownFailures; i++)
            {
                string query = Vector(random, 3);
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
        var options = new QueryEngineOptions { LookbackMs = LookbackMs, DefaultSubqueryStepMs = 20_000 };
        Expr expr = PromqlParser.Parse(query);
        var naive = new NaiveEvaluator(data, LookbackMs, 20_000);
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

    private static string Vector(Random random, int depth)
    {
        if (depth == 0) return Selector(random);
        return random.Next(11) switch
        {
            0 => Selector(random),
            1 or 2 or 3 => RangeCall(random, depth),
            4 or 5 => Aggregation(random, depth),
            6 => $"{Pick(random, "abs", "ceil", "floor", "sgn")}({Vector(random, depth - 1)})",
            7 => $"({Vector(random, depth - 1)}) {Arithmetic(random)} {random.Next(-3, 9)}",
            8 => $"{random.Next(50)} {Comparison(random)} ({Vector(random, depth - 1)})",
            9 => $"-({Vector(random, depth - 1)})",
            _ => Matching(random, depth),
        };
    }

    private static string Matching(Random random, int depth)
    {
        string left = Vector(random, depth - 1), right = Vector(random, depth - 1);
        string match = Pick(random, "", "on (a)", "on (a, b)", "ignoring (b)", "on ()");
        return random.Next(4) switch
        {
            0 => $"({left}) {Pick(random, "and", "or", "unless")} {match} ({right})",
            1 when match.Length > 0 => $"({left}) {Arithmetic(random)} {match} {Pick(random, "group_left()", "group_right()")} (avg by (a) ({right}))",
            2 => $"sum by (a, b) ({left}) {Comparison(random)} sum by (a, b) ({right})",
            _ => $"({left}) {Pick(random, "+", "-", "*", "==", "> bool", "<=")} {match} ({right})",
        };
    }

    private static string Aggregation(Random random, int depth)
    {
        string grouping = Pick(random, "", "by (a)", "by (b)", "without (a)", "by (a, b)", "without ()");
        return random.Next(4) switch
        {
            0 => $"{Pick(random, "topk", "bottomk")} {grouping} ({random.Next(4)}, {Selector(random)})",
            1 => $"quantile {grouping} ({Pick(random, "0", "0.3", "0.5", "0.99", "1", "2", "-1")}, {Vector(random, depth - 1)})",
            _ => $"{Pick(random, "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")} {grouping} ({Vector(random, depth - 1)})",
        };
    }

    private static string RangeCall(Random random, int depth)
    {
        string window = $"[{random.Next(5, 120)}s]";
        string range = random.Next(4) == 0 && depth > 1
            ? $"({Vector(random, depth - 2)})[{random.Next(20, 100)}s:{Pick(random, "", "10s", "7s")}]{Offset(random)}"
            : Name(random) + window + Offset(random);
        return random.Next(12) switch
        {
            0 => $"quantile_over_time({Pick(random, "0", "0.25", "0.9", "1.5")}, {range})",
            1 => $"predict_linear({range}, {random.Next(100)})",
            _ => $"{Pick(random, RangeFunctions)}({range})",
        };
    }

    private static string Selector(Random random) => Name(random) + Offset(random);

    private static string Name(Random random) =>
        Pick(random, "m", "n_total", "m{a=\"1\"}", "m{b!=\"0\"}", "n_total{a=~\"0|2\"}", "{__name__=~\"m|n_total\", a=\"1\"}", "{__name__=~\".+\"}", "missing");

    private static string Offset(Random random) => Pick(random, "", "", "", " offset 17s", " offset -20s", " @ 200", " @ 100 offset 10s");

    private static string Arithmetic(Random random) => Pick(random, "+", "-", "*", "/", "%");

    private static string Comparison(Random random) => Pick(random, "==", "!=", "<", ">=", "> bool", "<= bool");

    private static string Pick(Random random, params string[] options) => options[random.Next(options.Length)];
}
