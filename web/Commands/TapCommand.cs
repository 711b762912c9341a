using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Streamline.Web.Commands;

/// <summary><c>streamline tap SERVER [SELECTOR...]</c>: prints samples as they pass a node of a running server.</summary>
internal static class TapCommand
{
    public static Command Build()
    {
        var server = new Argument<string>("server") { Description = "Address of the server, http://localhost:9090." };
        var selectors = new Argument<string[]>("selectors") { Description = "Show series that match any of these; all without one.", Arity = ArgumentArity.ZeroOrMore };
        var node = new Option<string>("--node") { Description = "Node of the graph, as the Pipeline page names it.", DefaultValueFactory = _ => "append" };
        var limit = new Option<int>("--limit") { Description = "Most samples a second; more are chosen from at random.", DefaultValueFactory = _ => 50 };
        var command = new Command("tap", "Watch samples pass in a running server.") { server, selectors, node, limit };
        command.SetAction((parsed, cancellation) => WatchAsync(Address(parsed.GetValue(server)!, parsed.GetValue(selectors)!, parsed.GetValue(node)!, parsed.GetValue(limit)), cancellation));
        return command;
    }

    private static Uri Address(string server, string[] selectors, string node, int limit)
    {
        string query = string.Concat(selectors.Select(s => "&match[]=" + Uri.EscapeDataString(s)));
        string address = $"{server.TrimEnd('/')}/api/v1/live?node={Uri.EscapeDataString(node)}&limit={limit.ToString(CultureInfo.InvariantCulture)}{query}";
        return Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw new UsageException($"\"{server}\" is not an address such as http://localhost:9090");
    }

    private static async Task<int> WatchAsync(Uri url, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            using var reply = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
            if (!reply.IsSuccessStatusCode) throw new UsageException(Error(await lines.ReadToEndAsync(cancellation).ConfigureAwait(false)) ?? $"{url}: status {(int)reply.StatusCode}");
            bool isRefused = false;
            while (await lines.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
            {
                if (line == "event: refused") isRefused = true;
                if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
                if (isRefused) throw new UsageException(line["data: ".Length..]);
                Print(line["data: ".Length..]);
            }
            throw new UsageException($"{url}: the server ended the connection");
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            throw new UsageException($"{url}: {error.Message}");
        }
    }

    private static string? Error(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("error", out var error) ? error.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Print(string window)
    {
        using var json = JsonDocument.Parse(window);
        foreach (var sample in json.RootElement.GetProperty("samples").EnumerateArray())
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(sample.GetProperty("timestamp").GetDouble() * 1000)).ToLocalTime();
            Console.Out.WriteLine($"{time.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {sample.GetProperty("source").GetString()} {Series(sample.GetProperty("metric"))} {sample.GetProperty("value").GetString()}");
        }
    }

    private static string Series(JsonElement metric)
    {
        string name = metric.TryGetProperty("__name__", out var given) ? given.GetString()! : "";
        var labels = metric.EnumerateObject().Where(l => l.Name != "__name__").Select(l => $"{l.Name}={JsonSerializer.Serialize(l.Value.GetString())}").ToList();
        return labels.Count == 0 ? name : $"{name}{{{string.Join(", ", labels)}}}";
    }
}
