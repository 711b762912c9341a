using System.Text.Json;
using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/query_exemplars</c> (reference H8): the exemplars of the series that a query's selectors name.</summary>
internal sealed class ExemplarApi(ServerState state)
{
    public void Map(ApiRoutes routes) => routes.GetAndPost("query_exemplars", ExemplarsAsync);

    private Task ExemplarsAsync(HttpContext context, RequestParameters parameters)
    {
        var range = new TimeRange(parameters.Time("start") ?? long.MinValue, parameters.Time("end") ?? long.MaxValue);
        if (range.MaxMs < range.MinMs) throw new ApiException(ApiErrorType.BadData, "end timestamp must not be before start timestamp");
        var found = state.Host.Store.Exemplars(SelectorsOf(parameters.Get("query")), range);
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var series in found) Write(json, series);
            json.WriteEndArray();
        });
    }

    private List<IReadOnlyList<LabelMatcher>> SelectorsOf(string query)
    {
        try
        {
            return [.. state.Host.Query.Parse(query).Selectors().Select(s => s.Matchers)];
        }
        catch (PromqlSyntaxException error)
        {
            throw new ApiException(ApiErrorType.BadData, error.Message);
        }
    }

    private static void Write(Utf8JsonWriter json, SeriesExemplars series)
    {
        json.WriteStartObject();
        json.WritePropertyName("seriesLabels");
        SampleJson.WriteLabels(json, series.Series);
        json.WriteStartArray("exemplars");
        foreach (var exemplar in series.Exemplars)
        {
            json.WriteStartObject();
            json.WritePropertyName("labels");
            SampleJson.WriteLabels(json, exemplar.Labels);
            json.WriteString("value", FloatText.Format(exemplar.Value));
            json.WritePropertyName("timestamp");
            SampleJson.WriteTime(json, exemplar.TimestampMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
