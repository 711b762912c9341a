using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/series</c>, <c>/labels</c>, <c>/label/{name}/values</c> (reference H10, H11).</summary>
internal sealed class SeriesApi(ServerState state)
{
    private const string Truncated = "results truncated due to limit";

    public void Map(ApiRoutes routes)
    {
        routes.GetAndPost("series", SeriesAsync);
        routes.GetAndPost("labels", LabelNamesAsync);
        routes.Get("label/{name}/values", LabelValuesAsync);
    }

    private Task SeriesAsync(HttpContext context, RequestParameters parameters)
    {
        var selectors = parameters.Selectors();
        if (selectors.Count == 0) throw new ApiException(ApiErrorType.BadData, "no match[] parameter provided");
        var range = parameters.Range();
        int limit = parameters.Limit();
        var found = new SortedSet<Labels>();
        foreach (var selector in selectors)
        {
            using var set = state.Host.Store.Select(selector, range, SelectHints.None);
            for (int i = 0; i < set.Count; i++) found.Add(set.LabelsAt(i));
        }
        bool cut = limit > 0 && found.Count > limit;
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var labels in cut ? found.Take(limit) : found) SampleJson.WriteLabels(json, labels);
            json.WriteEndArray();
        }, cut ? [Truncated] : null);
    }

    private Task LabelNamesAsync(HttpContext context, RequestParameters parameters) =>
        ListAsync(context, parameters, (matchers, range, limit) => state.Host.Store.LabelNames(matchers, range, limit));

    private Task LabelValuesAsync(HttpContext context, RequestParameters parameters)
    {
        string name = (string)context.Request.RouteValues["name"]!;
        if (name.StartsWith("U__", StringComparison.Ordinal)) name = EscapedName.Decode(name);
        if (!LabelNames.IsUtf8(System.Text.Encoding.UTF8.GetBytes(name))) throw new ApiException(ApiErrorType.BadData, $"invalid label name: \"{name}\"");
        return ListAsync(context, parameters, (matchers, range, limit) => state.Host.Store.LabelValues(name, matchers, range, limit));
    }

    // One more than the limit is asked for, to know whether the list was cut.
    private static Task ListAsync(HttpContext context, RequestParameters parameters, Func<IReadOnlyList<LabelMatcher>, TimeRange, int, IReadOnlyList<string>> list)
    {
        var selectors = parameters.Selectors();
        var range = parameters.Range();
        int limit = parameters.Limit(), ask = limit > 0 ? limit + 1 : 0;
        IReadOnlyList<string> found = selectors.Count switch
        {
            0 => list([], range, ask),
            1 => list(selectors[0], range, ask),
            _ => [.. selectors.SelectMany(s => list(s, range, ask)).Distinct().Order(StringComparer.Ordinal)],
        };
        bool cut = limit > 0 && found.Count > limit;
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (string item in cut ? found.Take(limit) : found) json.WriteStringValue(item);
            json.WriteEndArray();
        }, cut ? [Truncated] : null);
    }
}
