using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Streamline.Pipeline.Tests.Scrape;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>
/// The part of Consul's HTTP API that discovery asks: the agent's datacenter, the catalog, and health by service, both as blocking queries with one index over everything.
/// </summary>
internal sealed class FakeConsul : IAsyncDisposable
{
    private readonly HttpTarget _server;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<JsonObject>> _services = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _index = 10;
    private int _failures;

    private FakeConsul(HttpTarget server)
    {
        _server = server;
        server.Answer = AnswerAsync;
    }

    public string Address => _server.Address;

    /// <summary>Every question, as path and query, with its token.</summary>
    public ConcurrentQueue<(string Url, string Token)> Asked { get; } = new();

    public static async Task<FakeConsul> StartAsync() => new(await HttpTarget.StartAsync());

    public void Register(string service, JsonObject instance) => Change(() =>
    {
        if (!_services.TryGetValue(service, out var instances)) _services[service] = instances = [];
        instances.Add(instance);
    });

    public void Deregister(string service) => Change(() => _services.Remove(service));

    /// <summary>As a server whose state was restored: the index begins low again.</summary>
    public void Restart() => Change(() => _index = 1);

    /// <summary>The next questions are answered by 500.</summary>
    public void Fail(int times) => Interlocked.Add(ref _failures, times);

    public async ValueTask DisposeAsync()
    {
        Change(() => { });
        await _server.DisposeAsync();
    }

    private void Change(Action change)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            _index++;
            change();
            (told, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        told.SetResult();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Asked.Enqueue((context.Request.Path + context.Request.QueryString, context.Request.Headers["X-Consul-Token"].ToString()));
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            context.Response.StatusCode = 500;
            return;
        }
        Interlocked.Exchange(ref _failures, 0);
        string path = context.Request.Path.Value!;
        if (path.EndsWith("/v1/agent/self", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync("""{"Config": {"Datacenter": "dc9", "NodeName": "n"}}""");
            return;
        }
        await BlockAsync(context);
        string body;
        lock (_lock)
        {
            context.Response.Headers["X-Consul-Index"] = _index.ToString(CultureInfo.InvariantCulture);
            body = path.EndsWith("/v1/catalog/services", StringComparison.Ordinal) ? Catalog() : Health(path[(path.LastIndexOf('/') + 1)..], context.Request.Query["tag"]!);
        }
        await context.Response.WriteAsync(body);
    }

    // A question with the index of now waits for the next one; one with any other index is answered at once.
    private async Task BlockAsync(HttpContext context)
    {
        Task changed;
        lock (_lock)
        {
            if (context.Request.Query["index"].ToString() != _index.ToString(CultureInfo.InvariantCulture)) return;
            changed = _changed.Task;
        }
        await changed.WaitAsync(context.RequestAborted);
    }

    private string Catalog()
    {
        var all = new JsonObject();
        foreach (var (name, instances) in _services) all[name] = new JsonArray([.. instances.SelectMany(TagsOf).Distinct().Select(tag => JsonValue.Create(tag))]);
        return all.ToJsonString();
    }

    private string Health(string service, IEnumerable<string> tags)
    {
        var found = _services.GetValueOrDefault(service, []).Where(instance => tags.All(TagsOf(instance).Contains));
        return new JsonArray([.. found.Select(instance => instance.DeepClone())]).ToJsonString();
    }

    private static List<string> TagsOf(JsonObject instance) => [.. instance["Service"]!["Tags"]!.AsArray().Select(tag => tag!.GetValue<string>())];
}
