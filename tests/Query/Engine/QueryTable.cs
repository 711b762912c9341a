using System.Globalization;
using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>Series written as text (<c>name{a="b"}  1 2 _ stale NaN</c>, one value a step) behind an engine; results come back as text.</summary>
internal sealed class QueryTable
{
    public QueryTable(long stepMs, params string[] series)
    {
        foreach (string line in series)
        {
            int end = line.IndexOf('}', StringComparison.Ordinal) + 1;
            if (end == 0) end = line.IndexOf(' ', StringComparison.Ordinal);
            Labels labels = LabelsOf(line[..end]);
            long time = 0;
            foreach (string value in line[end..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (value != "_") Table.Add(labels, time, ValueOf(value));
                time += stepMs;
            }
        }
    }

    public MemoryTable Table { get; } = new();

    public QueryEngineOptions Options { get; init; } = new();

    public QueryResult Instant(string query, long timeMs)
    {
        using var engine = new QueryEngine(Table, Options);
        return engine.InstantAsync(query, timeMs, QueryParameters.Default, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    public QueryResult Range(string query, long startMs, long endMs, long stepMs)
    {
        using var engine = new QueryEngine(Table, Options);
        return engine.RangeAsync(query, startMs, endMs, stepMs, QueryParameters.Default, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>Evaluates on the caller's thread.</summary>
    public QueryResult Evaluate(string query)
    {
        using var engine = new QueryEngine(Table, Options);
        return engine.Instant(PromqlParser.Parse(query), 2000, TestContext.Current.CancellationToken);
    }

    /// <summary>Instant result: <c>labels value; labels value</c>.</summary>
    public string At(string query, long timeMs) =>
        string.Join("; ", Instant(query, timeMs).Series.Select(s => $"{s.Labels} {Text(s.Values.Span[0])}"));

    /// <summary>Range result: <c>labels value@time value@time; ...</c>.</summary>
    public string Over(string query, long startMs, long endMs, long stepMs) => string.Join("; ", Range(query, startMs, endMs, stepMs).Series.Select(Show));

    public static string Show(ResultSeries series)
    {
        var points = new List<string>();
        for (int i = 0; i < series.Values.Length; i++) points.Add($"{Text(series.Values.Span[i])}@{series.TimestampsMs.Span[i]}");
        return $"{series.Labels} {string.Join(' ', points)}";
    }

    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace("Infinity", "Inf", StringComparison.Ordinal);

    private static double ValueOf(string text) => text switch
    {
        "stale" => StaleMarker.Value,
        "NaN" => StaleMarker.NormalNaN,
        "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static Labels LabelsOf(string selector)
    {
        var builder = new LabelsBuilder();
        foreach (LabelMatcher matcher in PromqlParser.ParseSelector(selector)) builder.Set(matcher.Name, matcher.Value);
        return builder.Build();
    }
}
