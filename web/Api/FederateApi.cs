using Streamline.Storage;
using Streamline.Web.Federation;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/federate</c> (reference W22, W23; web/federate.go): the newest samples of what <c>match[]</c> selects, as another Prometheus scrapes them.</summary>
internal sealed partial class FederateApi(ServerState state, TimeProvider time, ILogger logger)
{
    // As much as a client is given at a time; the rest of an answer is made while it reads.
    private const int FlushBytes = 64 << 10;

    public void Map(IEndpointRouteBuilder app) => app.MapMethods("/federate", [HttpMethods.Get, HttpMethods.Head], AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var format = FederationFormat.Of(context.Request.Headers.Accept!);
        List<FederatedSample> samples;
        try
        {
            var parameters = await RequestParameters.ReadAsync(context).ConfigureAwait(false);
            long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            samples = FederatedSelection.Read(state.Host.Store, parameters.Selectors(), new TimeRange(nowMs - state.Host.Query.Options.LookbackMs, nowMs), context.RequestAborted);
        }
        catch (ApiException error)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, error.Message).ConfigureAwait(false);
            return;
        }
        catch (StorageCorruptionException error)
        {
            LogFailed(error);
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, error.Message).ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = format.ContentType;
        await WriteAsync(context, samples, format).ConfigureAwait(false);
    }

    private async Task WriteAsync(HttpContext context, List<FederatedSample> samples, FederationFormat format)
    {
        var target = context.Response.BodyWriter;
        IFederationWriter writer = format.IsProtobuf ? new FederationProtobuf(target, format.Escaping) : new FederationText(target, format.Escaping);
        var more = ExternalLabels();
        (string Name, FamilyKind Kind)? family = null;
        foreach (var sample in samples)
        {
            if (!format.IsProtobuf && sample.Histogram is { HasCustomBuckets: false }) continue;
            if (family != (sample.Name, sample.Kind)) writer.Family(sample.Name, sample.Kind);
            family = (sample.Name, sample.Kind);
            writer.Sample(sample, LabelsOf(sample.Labels, more));
            if (target.UnflushedBytes >= FlushBytes) await target.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
        writer.End();
        await target.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    // An empty instance where there is none, so that the scraper's own does not take its place.
    private SortedDictionary<string, string> ExternalLabels()
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["instance"] = "" };
        foreach (var (name, value) in state.Host.ExternalLabels) labels[name] = value;
        return labels;
    }

    private static List<KeyValuePair<string, string>> LabelsOf(Labels labels, SortedDictionary<string, string> more)
    {
        var all = labels.ToPairs().Where(l => l.Key != "__name__").ToList();
        int own = all.Count;
        foreach (var external in more)
        {
            if (!all.Take(own).Any(l => l.Key == external.Key)) all.Add(external);
        }
        return all;
    }

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "/federate failed")]
    private partial void LogFailed(Exception error);
}
