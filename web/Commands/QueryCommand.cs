using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Streamline.Web.Api;

namespace Streamline.Web.Commands;

/// <summary><c>streamline query instant|range SERVER EXPR</c>, <c>query series SERVER</c> and <c>query labels SERVER NAME</c>: asks a running server, ours or any other with Prometheus's API.</summary>
internal static class QueryCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Build()
    {
        var command = new Command("query", "Ask a running server.");
        command.Add(Instant());
        command.Add(Range());
        command.Add(Series());
        command.Add(LabelValues());
        return command;
    }

    private static Command Instant()
    {
        var (server, expression, output) = Common();
        var time = new Option<string>("--time") { Description = "Evaluation time: Unix seconds or RFC 3339; now when not given." };
        var command = new Command("instant", "One moment.") { server, expression, output, time };
        command.SetAction((parsed, cancellation) => AskAsync(parsed.GetValue(server)!, "query", parsed.GetValue(output)!, cancellation,
            ("query", parsed.GetValue(expression)!), ("time", parsed.GetValue(time) ?? "")));
        return command;
    }

    private static Command Range()
    {
        var (server, expression, output) = Common();
        var start = new Option<string>("--start") { Description = "First time; an hour before the end when not given." };
        var end = new Option<string>("--end") { Description = "Last time; now when not given." };
        var step = new Option<string>("--step") { Description = "Distance of two points.", DefaultValueFactory = _ => "15s" };
        var command = new Command("range", "Over time.") { server, expression, output, start, end, step };
        command.SetAction((parsed, cancellation) =>
        {
            long endMs = TimeOf(parsed.GetValue(end), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            long startMs = TimeOf(parsed.GetValue(start), endMs - 3600_000);
            return AskAsync(parsed.GetValue(server)!, "query_range", parsed.GetValue(output)!, cancellation,
                ("query", parsed.GetValue(expression)!), ("start", Seconds(startMs)), ("end", Seconds(endMs)), ("step", parsed.GetValue(step)!));
        });
        return command;
    }

    private static Command Series()
    {
        var server = Server();
        var match = new Option<string[]>("--match") { Description = "Series selector; may be repeated.", Required = true };
        var (start, end) = Window();
        var command = new Command("series", "Label sets of series.") { server, match, start, end };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var answer = await ServerClient.AskAsync(parsed.GetValue(server)!, "series", cancellation, Parameters(parsed, match, start, end)).ConfigureAwait(false);
            foreach (var series in answer.RootElement.GetProperty("data").EnumerateArray()) await Console.Out.WriteLineAsync(SeriesOf(series)).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static Command LabelValues()
    {
        var server = Server();
        var name = new Argument<string>("label") { Description = "Name of the label." };
        var match = new Option<string[]>("--match") { Description = "Series selector; may be repeated. All series when not given." };
        var (start, end) = Window();
        var command = new Command("labels", "Values of a label.") { server, name, match, start, end };
        command.SetAction(async (parsed, cancellation) =>
        {
            string endpoint = $"label/{Uri.EscapeDataString(parsed.GetValue(name)!)}/values";
            using var answer = await ServerClient.AskAsync(parsed.GetValue(server)!, endpoint, cancellation, Parameters(parsed, match, start, end)).ConfigureAwait(false);
            foreach (var value in answer.RootElement.GetProperty("data").EnumerateArray()) await Console.Out.WriteLineAsync(value.GetString()).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static (string Name, string Value)[] Parameters(ParseResult parsed, Option<string[]> match, Option<string> start, Option<string> end) =>
    [
        .. (parsed.GetValue(match) ?? []).Select(selector => ("match[]", selector)),
        ("start", parsed.GetValue(start) ?? ""), ("end", parsed.GetValue(end) ?? ""),
    ];

    private static Argument<string> Server() => new("server") { Description = "Address of the server, http://localhost:9090." };

    private static (Option<string> Start, Option<string> End) Window() => (
        new Option<string>("--start") { Description = "First time, Unix seconds or RFC 3339; the oldest when not given." },
        new Option<string>("--end") { Description = "Last time; now when not given." });

    private static (Argument<string> Server, Argument<string> Expression, Option<string> Output) Common()
    {
        var output = new Option<string>("--output", "-o") { Description = "promql or json.", DefaultValueFactory = _ => "promql" };
        output.AcceptOnlyFromAmong("promql", "json");
        return (Server(), new Argument<string>("expr") { Description = "PromQL." }, output);
    }

    private static long TimeOf(string? text, long otherwise)
    {
        if (string.IsNullOrEmpty(text)) return otherwise;
        return RequestParameters.TryTime(text, out long ms) ? ms : throw new UsageException($"\"{text}\" is not a time: give Unix seconds or RFC 3339, such as 2026-01-02T15:04:05Z");
    }

    private static string Seconds(long ms) => (ms / 1000.0).ToString("F3", CultureInfo.InvariantCulture);

    private static async Task<int> AskAsync(string server, string endpoint, string output, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        using var answer = await ServerClient.AskAsync(server, endpoint, cancellation, parameters).ConfigureAwait(false);
        Print(answer.RootElement.GetProperty("data"), output);
        return 0;
    }

    private static void Print(JsonElement data, string output)
    {
        var result = data.GetProperty("result");
        if (output == "json")
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, Indented));
            return;
        }
        switch (data.GetProperty("resultType").GetString())
        {
            case "vector":
                foreach (var series in result.EnumerateArray()) Console.Out.WriteLine($"{SeriesOf(series.GetProperty("metric"))} => {PointOf(series.TryGetProperty("value", out var value) ? value : series.GetProperty("histogram"))}");
                break;
            case "matrix":
                foreach (var series in result.EnumerateArray())
                {
                    Console.Out.WriteLine($"{SeriesOf(series.GetProperty("metric"))} =>");
                    foreach (var point in PointsOf(series)) Console.Out.WriteLine(PointOf(point));
                }
                break;
            default:
                Console.Out.WriteLine(PointOf(result));
                break;
        }
    }

    /// <summary>Floats and histograms of a series, in the order of their times.</summary>
    private static IEnumerable<JsonElement> PointsOf(JsonElement series) => ((string[])["values", "histograms"])
        .SelectMany(name => series.TryGetProperty(name, out var points) ? points.EnumerateArray().ToList() : [])
        .OrderBy(point => point[0].GetDouble());

    private static string PointOf(JsonElement point) => $"{ValueOf(point[1])} @[{point[0].GetRawText()}]";

    private static string ValueOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return value.GetString()!;
        var parts = new List<string> { "count:" + value.GetProperty("count").GetString(), "sum:" + value.GetProperty("sum").GetString() };
        if (value.TryGetProperty("buckets", out var buckets)) parts.AddRange(buckets.EnumerateArray().Select(BucketOf));
        return "{" + string.Join(", ", parts) + "}";
    }

    // Which bounds belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both.
    private static string BucketOf(JsonElement bucket)
    {
        int rule = bucket[0].GetInt32();
        return $"{(rule is 1 or 3 ? '[' : '(')}{bucket[1].GetString()},{bucket[2].GetString()}{(rule is 0 or 3 ? ']' : ')')}:{bucket[3].GetString()}";
    }

    private static string SeriesOf(JsonElement metric)
    {
        string name = metric.TryGetProperty("__name__", out var found) ? found.GetString()! : "";
        var labels = metric.EnumerateObject().Where(p => p.Name != "__name__").Select(p => $"{p.Name}={JsonSerializer.Serialize(p.Value.GetString())}");
        string inner = string.Join(", ", labels);
        return inner.Length == 0 && name.Length > 0 ? name : name + "{" + inner + "}";
    }
}
