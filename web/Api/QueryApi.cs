using System.Text.Json;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/query</c>, <c>/query_range</c>, <c>/format_query</c> and <c>/parse_query</c> (reference H6, H7, H9).</summary>
internal sealed class QueryApi(ServerState state, TimeProvider time)
{
    public void Map(ApiRoutes routes)
    {
        routes.GetAndPost("query", InstantAsync);
        routes.GetAndPost("query_range", RangeAsync);
        routes.GetAndPost("format_query", FormatAsync);
        routes.GetAndPost("parse_query", ParseAsync);
    }

    private async Task InstantAsync(HttpContext context, RequestParameters parameters)
    {
        long at = parameters.Time("time") ?? time.GetUtcNow().ToUnixTimeMilliseconds();
        using var result = await state.Host.Query.InstantAsync(parameters.Get("query"), at, Parameters(context, parameters), context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, parameters, result).ConfigureAwait(false);
    }

    private async Task RangeAsync(HttpContext context, RequestParameters parameters)
    {
        long start = parameters.RequiredTime("start"), end = parameters.RequiredTime("end");
        if (end < start) throw ApiException.BadParameter("end", "end timestamp must not be before start time");
        long step = parameters.Duration("step") ?? throw ApiException.BadParameter("step", "cannot parse \"\" to a valid duration");
        if (step <= 0) throw ApiException.BadParameter("step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
        using var result = await state.Host.Query.RangeAsync(parameters.Get("query"), start, end, step, Parameters(context, parameters), context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, parameters, result).ConfigureAwait(false);
    }

    private Task FormatAsync(HttpContext context, RequestParameters parameters)
    {
        string text = PromqlParser.Format(Parse(parameters));
        return Envelope.SuccessAsync(context, json => json.WriteStringValue(text));
    }

    private Task ParseAsync(HttpContext context, RequestParameters parameters)
    {
        Expr tree = Parse(parameters);
        return Envelope.SuccessAsync(context, json => SyntaxJson.Write(json, tree));
    }

    private Expr Parse(RequestParameters parameters)
    {
        try
        {
            return state.Host.Query.Parse(parameters.Get("query"));
        }
        catch (PromqlSyntaxException error)
        {
            throw ApiException.BadParameter("query", error.Message);
        }
    }

    private static QueryParameters Parameters(HttpContext context, RequestParameters parameters) => new()
    {
        LookbackMs = parameters.Duration("lookback_delta"),
        TimeoutMs = parameters.Duration("timeout"),
        PerStepStats = parameters.Get("stats") == "all",
        Explain = parameters.Get("explain") switch
        {
            "" => ExplainMode.None,
            "plan" => ExplainMode.Plan,
            "analyze" => ExplainMode.Analyze,
            var other => throw ApiException.BadParameter("explain", $"\"{other}\" is neither \"plan\" nor \"analyze\""),
        },
        Origin = new HttpQueryOrigin(context.Connection.RemoteIpAddress?.ToString() ?? "", context.Request.Method, context.Request.Path),
    };

    // Prometheus takes any value for yes and says that it will not for ever.
    private static string UnknownStats(string value)
    {
        var text = new System.Text.StringBuilder("value ");
        LabelNames.AppendQuoted(text, value);
        return text.Append(" for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\"").ToString();
    }

    private static async Task WriteAsync(HttpContext context, RequestParameters parameters, QueryResult result)
    {
        int limit = parameters.Limit();
        bool cut = limit > 0 && result.Series.Count > limit;
        string stats = parameters.Get("stats");
        List<string> warnings = [.. result.Warnings];
        if (cut) warnings.Add("results truncated due to limit");
        if (stats is not ("" or "true" or "all")) warnings.Add(UnknownStats(stats));
        int count = cut ? limit : result.Series.Count;
        await Envelope.SuccessInPiecesAsync(context, pieces => WriteAsync(pieces, result, count, stats.Length > 0), warnings, result.Infos).ConfigureAwait(false);
    }

    /// <summary>The <c>data</c> of an answer, sent on series by series.</summary>
    internal static async ValueTask WriteAsync(JsonPieces pieces, QueryResult result, int count, bool stats)
    {
        Utf8JsonWriter json = pieces.Json;
        json.WriteStartObject();
        json.WriteString("resultType"u8, result.Type switch
        {
            Query.ValueType.Scalar => "scalar"u8,
            Query.ValueType.String => "string"u8,
            Query.ValueType.Vector => "vector"u8,
            Query.ValueType.Matrix => "matrix"u8,
        });
        json.WritePropertyName("result"u8);
        switch (result.Type)
        {
            case var _ when result.Plan is not null:
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            case Query.ValueType.Scalar:
                SampleJson.WritePoint(json, result.Series[0].TimestampsMs.Span[0], result.Series[0].Values.Span[0]);
                break;
            case Query.ValueType.String:
                json.WriteStartArray();
                SampleJson.WriteTime(json, result.Series.Count > 0 ? result.Series[0].TimestampsMs.Span[0] : 0);
                json.WriteStringValue(result.Text);
                json.WriteEndArray();
                break;
            case Query.ValueType.Vector:
                await WriteSeriesAsync(pieces, result, count, single: true).ConfigureAwait(false);
                break;
            case Query.ValueType.Matrix:
                await WriteSeriesAsync(pieces, result, count, single: false).ConfigureAwait(false);
                break;
        }
        if (result.Plan is not null)
        {
            json.WritePropertyName("explain"u8);
            WritePlan(json, result.Plan);
        }
        if (stats)
        {
            json.WritePropertyName("stats"u8);
            result.Stats.WriteJson(json);
        }
        json.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter json, QueryPlanNode node)
    {
        json.WriteStartObject();
        json.WriteString("operator"u8, node.Operator);
        json.WriteString("expression"u8, node.Expression);
        json.WriteNumber("steps"u8, node.Steps);
        if (node.Series is { } series) json.WriteNumber("series"u8, series);
        else json.WriteNull("series"u8);
        json.WriteNumber("points"u8, node.Points);
        json.WriteNumber("samples"u8, node.Samples);
        json.WriteNumber("bytes"u8, node.Bytes);
        json.WriteNumber("milliseconds"u8, node.Elapsed.TotalMilliseconds);
        json.WriteNumber("ownMilliseconds"u8, node.Own.TotalMilliseconds);
        json.WriteStartArray("inputs"u8);
        foreach (QueryPlanNode input in node.Inputs) WritePlan(json, input);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static async ValueTask WriteSeriesAsync(JsonPieces pieces, QueryResult result, int count, bool single)
    {
        pieces.Json.WriteStartArray();
        PointTimes? times = count > 1 && !single ? new PointTimes(result.Series[0].TimestampsMs.Span) : null;
        for (int i = 0; i < count; i++)
        {
            await WriteOneAsync(pieces, result.Series[i], times, single).ConfigureAwait(false);
            await pieces.SendAsync().ConfigureAwait(false);
        }
        pieces.Json.WriteEndArray();
    }

    private static async ValueTask WriteOneAsync(JsonPieces pieces, ResultSeries series, PointTimes? times, bool single)
    {
        Utf8JsonWriter json = pieces.Json;
        json.WriteStartObject();
        json.WritePropertyName("metric"u8);
        SampleJson.WriteLabels(json, series.Labels);
        if (series.Values.Length > 0)
        {
            json.WritePropertyName(single ? "value"u8 : "values"u8);
            if (single) SampleJson.WritePoint(json, series.TimestampsMs.Span[0], series.Values.Span[0]);
            else await SampleJson.WritePointsAsync(pieces, times, series.TimestampsMs, series.Values).ConfigureAwait(false);
        }
        if (series.Histograms.Length > 0)
        {
            json.WritePropertyName(single ? "histogram"u8 : "histograms"u8);
            if (single) SampleJson.WriteHistogram(json, series.HistogramTimestampsMs.Span[0], series.Histograms.Span[0]);
            else SampleJson.WriteHistograms(json, series.HistogramTimestampsMs.Span, series.Histograms.Span);
        }
        json.WriteEndObject();
    }
}
