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

    private static Task WriteAsync(HttpContext context, RequestParameters parameters, QueryResult result)
    {
        int limit = parameters.Limit();
        bool cut = limit > 0 && result.Series.Count > limit;
        string stats = parameters.Get("stats");
        List<string> warnings = [.. result.Warnings];
        if (cut) warnings.Add("results truncated due to limit");
        if (stats is not ("" or "true" or "all")) warnings.Add(UnknownStats(stats));
        int count = cut ? limit : result.Series.Count;
        return Envelope.SuccessInPiecesAsync(context, new QueryAnswer(result, count, stats.Length > 0), warnings, result.Infos);
    }
}
