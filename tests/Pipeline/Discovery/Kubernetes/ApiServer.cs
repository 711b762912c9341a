using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>
/// The lists and watches of a Kubernetes API server, as its API concepts page describes them: versions, pages with continue tokens, watches that begin after a version and
/// go on until they end, bookmarks, 410 for what is too old, and Status objects for refusals.
/// </summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _objects = [];
    private readonly List<(int Version, string Plural, string Line, JsonObject Object)> _events = [];
    private TaskCompletionSource _changed = NewSignal();
    private CancellationTokenSource _watches = new();
    private int _version = 1000;
    private int _oldest;
    private int _openWatches;

    private ApiServer(WebApplication app) => _app = app;

    /// <summary>Requests as they came, path and query.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Their Authorization headers.</summary>
    public ConcurrentQueue<string> Authorizations { get; } = new();

    /// <summary>Answers in place of the usual one: status and message, by plural or by verb and plural (<c>watch pods</c>).</summary>
    public ConcurrentDictionary<string, (int Status, string Message)> Refusals { get; } = new();

    /// <summary>What the Authorization header has to be; null accepts any.</summary>
    public string? Authorization { get; set; }

    /// <summary>Pulsed by each request, and when a watch begins or ends.</summary>
    public Signal Signal { get; } = new();

    public int OpenWatches => Volatile.Read(ref _openWatches);

    public string Address => _app.Urls.First();

    public static async Task<ApiServer> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var server = new ApiServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Creates or replaces an object. Metadata gets a new version.</summary>
    public void Put(string plural, string json)
    {
        lock (_lock)
        {
            var item = (JsonObject)JsonNode.Parse(json)!;
            string key = KeyOf(item);
            if (!_objects.TryGetValue(plural, out var all)) _objects[plural] = all = new(StringComparer.Ordinal);
            string type = all.ContainsKey(key) ? "MODIFIED" : "ADDED";
            item["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
            all[key] = item;
            Log(plural, type, item);
        }
    }

    public void Delete(string plural, string key)
    {
        lock (_lock)
        {
            if (!_objects[plural].Remove(key, out var item)) throw new InvalidOperationException($"there is no {key}");
            item = (JsonObject)item.DeepClone();
            item["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
            Log(plural, "DELETED", item);
        }
    }

    /// <summary>Tells the watches of a kind that its version went on.</summary>
    public int Bookmark(string plural)
    {
        lock (_lock)
        {
            Log(plural, "BOOKMARK", new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null } });
            return _version;
        }
    }

    /// <summary>Forgets all versions before now: watches and pages that begin there get 410.</summary>
    public void Compact()
    {
        lock (_lock) (_oldest, _version) = (_version + 1, _version + 1);
    }

    /// <summary>Sends a line of one's own to the watches of a kind.</summary>
    public void Say(string plural, string line)
    {
        lock (_lock) Log(++_version, plural, line, new JsonObject());
    }

    /// <summary>Ends all watches as at the end of their time.</summary>
    public void EndWatches()
    {
        lock (_lock)
        {
            _watches.Cancel();
            _watches = new CancellationTokenSource();
        }
    }

    public async ValueTask DisposeAsync()
    {
        EndWatches();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!, plural = path[(path.LastIndexOf('/') + 1)..];
        var query = context.Request.Query;
        bool isWatch = query["watch"] == "true";
        Requests.Enqueue(path + context.Request.QueryString.Value);
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        Signal.Pulse();
        if (Authorization is { } wanted && context.Request.Headers.Authorization != wanted) await RefuseAsync(context, 401, "Unauthorized");
        else if (Refusals.TryGetValue($"{(isWatch ? "watch" : "list")} {plural}", out var one) || Refusals.TryGetValue(plural, out one)) await RefuseAsync(context, one.Status, one.Message);
        else if (isWatch) await WatchAsync(context, plural, Select(path, query));
        else await ListAsync(context, plural, Select(path, query));
    }

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(Status(status, message).ToJsonString());
    }

    private static JsonObject Status(int code, string message) =>
        new() { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = message, ["reason"] = code == 410 ? "Expired" : "", ["code"] = code };

    private async Task ListAsync(HttpContext context, string plural, Func<JsonObject, bool> selects)
    {
        int limit = int.Parse(context.Request.Query["limit"].FirstOrDefault() ?? "100000", CultureInfo.InvariantCulture);
        // version|key of the last object of the page before
        string[] from = context.Request.Query["continue"].FirstOrDefault()?.Split('|') ?? ["", ""];
        JsonObject list;
        lock (_lock)
        {
            string version = from[0].Length == 0 ? _version.ToString(CultureInfo.InvariantCulture) : from[0];
            var rest = (_objects.GetValueOrDefault(plural) ?? []).Where(o => string.CompareOrdinal(o.Key, from[1]) > 0 && selects(o.Value)).ToList();
            var metadata = new JsonObject { ["resourceVersion"] = version };
            if (rest.Count > limit) (metadata["continue"], metadata["remainingItemCount"]) = ($"{version}|{rest[limit - 1].Key}", rest.Count - limit);
            JsonArray? items = rest.Count == 0 ? null : new JsonArray([.. rest.Take(limit).Select(o => o.Value.DeepClone())]);
            list = new JsonObject { ["kind"] = "List", ["apiVersion"] = "v1", ["metadata"] = metadata, ["items"] = items };
            if (int.Parse(version, CultureInfo.InvariantCulture) < _oldest) list = Status(410, "The provided continue parameter is too old");
        }
        if (list["code"] is not null) context.Response.StatusCode = 410;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(list.ToJsonString());
    }

    private async Task WatchAsync(HttpContext context, string plural, Func<JsonObject, bool> selects)
    {
        context.Response.ContentType = "application/json";
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        int version = int.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture);
        CancellationToken ends;
        lock (_lock) ends = _watches.Token;
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
        Interlocked.Increment(ref _openWatches);
        Signal.Pulse();
        try
        {
            await WatchAsync(context, plural, version, selects, ends);
        }
        finally
        {
            Interlocked.Decrement(ref _openWatches);
            Signal.Pulse();
        }
    }

    private async Task WatchAsync(HttpContext context, string plural, int version, Func<JsonObject, bool> selects, CancellationToken ends)
    {
        while (!context.RequestAborted.IsCancellationRequested)
        {
            // What happened before the end is still told.
            bool isLast = ends.IsCancellationRequested;
            var (lines, changed) = Since(plural, ref version, selects);
            foreach (string line in lines)
            {
                // In two pieces: a reader must not count on whole lines.
                byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
                await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await context.Response.Body.WriteAsync(bytes.AsMemory(bytes.Length / 2), context.RequestAborted);
            }
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (isLast || lines.Exists(line => line.Contains("\"ERROR\"", StringComparison.Ordinal))) return;
            await Task.WhenAny(changed, Task.Delay(Timeout.Infinite, ends), Task.Delay(Timeout.Infinite, context.RequestAborted));
        }
    }

    private (List<string> Lines, Task Changed) Since(string plural, ref int version, Func<JsonObject, bool> selects)
    {
        lock (_lock)
        {
            if (version < _oldest) return ([new JsonObject { ["type"] = "ERROR", ["object"] = Status(410, "too old resource version") }.ToJsonString()], Task.CompletedTask);
            int from = version;
            version = _version;
            return ([.. _events.Where(e => e.Version > from && e.Plural == plural && (e.Object["metadata"]?["name"] is null || selects(e.Object))).Select(e => e.Line)], _changed.Task);
        }
    }

    private void Log(string plural, string type, JsonObject item) => Log(_version, plural, new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString(), item);

    private void Log(int version, string plural, string line, JsonObject item)
    {
        _events.Add((version, plural, line, item));
        _changed.SetResult();
        _changed = NewSignal();
    }

    // The namespace of the path, and selectors of the form a=b: label, or field metadata.name.
    private static Func<JsonObject, bool> Select(string path, IQueryCollection query)
    {
        string[] parts = path.Split('/');
        int at = Array.IndexOf(parts, "namespaces");
        string? place = at >= 0 && at < parts.Length - 2 ? parts[at + 1] : null;
        string[]? label = query["labelSelector"].FirstOrDefault()?.Split('='), field = query["fieldSelector"].FirstOrDefault()?.Split('=');
        return item => (place is null || (string?)item["metadata"]!["namespace"] == place)
            && (label is null || (string?)item["metadata"]!["labels"]?[label[0]] == label[1])
            && (field is null || (string?)item["metadata"]![field[0]["metadata.".Length..]] == field[1]);
    }

    private static string KeyOf(JsonObject item) => item["metadata"]!["namespace"] is { } place ? $"{place}/{item["metadata"]!["name"]}" : (string)item["metadata"]!["name"]!;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
