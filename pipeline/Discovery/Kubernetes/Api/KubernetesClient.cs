using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Lists and watches of one API server. Thread safe.</summary>
internal sealed class KubernetesClient(Connection connection, TimeProvider time) : IDisposable
{
    // 500 pods are some 5 MB; with objects that large, smaller pages are asked for.
    private const int MaxPageBytes = 64 << 20;

    // etcd keeps no object above some 1.5 MB; its JSON is a few times that.
    private const int MaxLineBytes = 16 << 20;
    private const int MaxRefusalBytes = 64 << 10;
    private const int ReadBytes = 64 << 10;

    // The server gives up a request that is no watch after a minute.
    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(90);

    // Watches end of themselves after a time of this order, as those of other clients do; one that does not is dead.
    private static readonly TimeSpan WatchTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WatchGrace = TimeSpan.FromSeconds(30);

    private readonly AuthorizedClient _http = new(connection, time);

    /// <summary>One page of at most <paramref name="limit"/> objects, appended; the metadata names the next page.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    /// <exception cref="PageTooLargeException">The page is over the bound.</exception>
    public async Task<ObjectMeta> ListAsync(ResourceScope scope, int limit, string next, List<KubernetesObject> into, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(ListPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        string page = next.Length == 0 ? "" : "&continue=" + Uri.EscapeDataString(next);
        try
        {
            using var response = await SendAsync(scope, "list", string.Create(CultureInfo.InvariantCulture, $"limit={limit}{page}{scope.Selection}"), either.Token).ConfigureAwait(false);
            return await ReadPageAsync(response, scope, into, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"list {scope}: no answer within {ListPatience.TotalSeconds:0} s");
        }
    }

    /// <summary>What happens from a version on, in the pieces in which it comes; ends when the server ends it.</summary>
    /// <exception cref="ApiException">The server refused, or ended the watch with an error.</exception>
    public async IAsyncEnumerable<IReadOnlyList<WatchEvent>> WatchAsync(ResourceScope scope, string version, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var lasts = WatchTime * (1 + Random.Shared.NextDouble());
        using var patience = new CancellationTokenSource(lasts + WatchGrace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        string query = string.Create(CultureInfo.InvariantCulture, $"watch=true&allowWatchBookmarks=true&timeoutSeconds={lasts.TotalSeconds:0}&resourceVersion={Uri.EscapeDataString(version)}{scope.Selection}");
        using var response = await SendAsync(scope, "watch", query, either.Token).ConfigureAwait(false);
        // An accepted watch is worth telling, even while nothing happens.
        yield return [];
        var lines = PipeReader.Create(await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false), new StreamPipeReaderOptions(bufferSize: ReadBytes, minimumReadSize: ReadBytes / 16));
        while (true)
        {
            var read = await lines.ReadAsync(either.Token).ConfigureAwait(false);
            var rest = read.Buffer;
            var events = TakeEvents(ref rest, scope);
            if (rest.Length > MaxLineBytes) throw new JsonException($"watch {scope}: an event larger than {MaxLineBytes >> 20} MiB");
            lines.AdvanceTo(rest.Start, rest.End);
            if (events.Count > 0) yield return events;
            if (read.IsCompleted) yield break;
        }
    }

    public void Dispose() => _http.Dispose();

    // A half line that the end of the watch leaves behind comes again with the next one.
    private static List<WatchEvent> TakeEvents(ref ReadOnlySequence<byte> rest, ResourceScope scope)
    {
        var events = new List<WatchEvent>();
        while (rest.PositionOf((byte)'\n') is { } end)
        {
            var line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            if (!line.IsEmpty && ApiReader.ReadEvent(line, scope.Type.Json) is { } read) events.Add(read);
        }
        return events;
    }

    private async Task<HttpResponseMessage> SendAsync(ResourceScope scope, string verb, string query, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{connection.Server.AbsoluteUri.TrimEnd('/')}/{scope.Path}?{query}");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Prometheus/3.14.0");
        var client = await _http.GetAsync(cancellation).ConfigureAwait(false);
        var response = await client.SendAsync(request, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK) return response;
        if (response.StatusCode == HttpStatusCode.Unauthorized) await _http.RefusedAsync(client).ConfigureAwait(false);
        using (response) throw await RefusalAsync(response, scope, verb, cancellation).ConfigureAwait(false);
    }

    private static async Task<ApiException> RefusalAsync(HttpResponseMessage response, ResourceScope scope, string verb, CancellationToken cancellation)
    {
        using var body = new PooledBody(MaxRefusalBytes);
        await body.TryReadAsync(response.Content, cancellation).ConfigureAwait(false);
        string said = ApiReader.TryReadStatus(body.Bytes)?.Message is { Length: > 0 } message ? message : response.ReasonPhrase ?? "";
        int code = (int)response.StatusCode;
        string advice = response.StatusCode switch
        {
            HttpStatusCode.Forbidden => $"; its account needs a role with the verbs list and watch for {scope.Type.Plural}",
            HttpStatusCode.Unauthorized => "; the server does not accept the credentials",
            HttpStatusCode.NotFound => $"; the server does not serve {scope.Type.Root}",
            _ => "",
        };
        return new ApiException(code, string.Create(CultureInfo.InvariantCulture, $"{verb} {scope}: HTTP status {code}: {said}{advice}"));
    }

    private static async Task<ObjectMeta> ReadPageAsync(HttpResponseMessage response, ResourceScope scope, List<KubernetesObject> into, CancellationToken cancellation)
    {
        using var body = new PooledBody(MaxPageBytes);
        if (!await body.TryReadAsync(response.Content, cancellation).ConfigureAwait(false)) throw new PageTooLargeException($"list {scope}: a page larger than {MaxPageBytes >> 20} MiB");
        try
        {
            return ApiReader.ReadPage(body.Bytes, scope.Type.Json, into);
        }
        catch (JsonException error)
        {
            throw new JsonException($"list {scope}: {error.Message}", error);
        }
    }
}
