using System.Globalization;
using System.Text.Json;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary>The Pushgateway's query API beside its pushes: <c>/api/v1/metrics</c>, <c>/api/v1/status</c>, <c>/api/v1/admin/wipe</c> (pushgateway README, "Query API").</summary>
internal sealed class PushApi(ServerState state, RunSettings settings)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("metrics", MetricsAsync);
        routes.Get("status", (context, _) => Envelope.SuccessAsync(context, WriteStatus));
        routes.PostAndPut("admin/wipe", WipeAsync);
    }

    private Task MetricsAsync(HttpContext context, RequestParameters parameters)
    {
        var groups = state.Host.PushedGroups() ?? throw new ApiException(ApiErrorType.NotFound, "no pipeline has a push source");
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var group in groups) Write(json, group);
            json.WriteEndArray();
        });
    }

    private async Task WipeAsync(HttpContext context, RequestParameters parameters)
    {
        if (!settings.EnableAdminApi) throw new ApiException(ApiErrorType.Unavailable, "admin APIs disabled");
        var answer = await state.Host.WipePushesAsync().ConfigureAwait(false);
        context.Response.StatusCode = answer.StatusCode;
        if (answer.Message.Length > 0) await context.Response.WriteAsync(answer.Message + "\n", context.RequestAborted).ConfigureAwait(false);
    }

    private void WriteStatus(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("build_information"u8);
        json.WriteString("version"u8, StatusApi.StreamlineVersion);
        json.WriteEndObject();
        json.WriteStartObject("flags"u8);
        foreach (var (name, value) in settings.EffectiveFlags) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteString("start_time"u8, state.Host.StartedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PushGroupStatus group)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels"u8);
        foreach (var (name, value) in group.Labels) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteBoolean("last_push_successful"u8, group.LastPushSuccessful);
        foreach (var family in group.Families) Write(json, family, group);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PushFamilyStatus family, PushGroupStatus group)
    {
        json.WriteStartObject(family.Name);
        json.WriteString("time_stamp"u8, DateTimeOffset.FromUnixTimeMilliseconds(family.PushedAtMs).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteString("type"u8, family.Type);
        if (family.Help.Length > 0) json.WriteString("help"u8, family.Help);
        json.WriteStartArray("metrics"u8);
        foreach (var metric in family.Type is "HISTOGRAM" or "SUMMARY" or "GAUGE_HISTOGRAM" ? Whole(family) : family.Series.Select(s => new PushedMetric(s.Labels, [s]))) Write(json, metric, family, group);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record PushedMetric(Labels Labels, IReadOnlyList<PushSeriesStatus> Parts);

    // The parts of one histogram or summary have the same labels but for le or quantile.
    private static IEnumerable<PushedMetric> Whole(PushFamilyStatus family) =>
        family.Series.GroupBy(s => new LabelsBuilder().Reset(s.Labels).Remove("__name__"u8).Remove("le"u8).Remove("quantile"u8).Build()).Select(g => new PushedMetric(g.Key, [.. g]));

    private static void Write(Utf8JsonWriter json, PushedMetric metric, PushFamilyStatus family, PushGroupStatus group)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels"u8);
        foreach (var (name, value) in metric.Labels.ToPairs())
        {
            if (name != "__name__") json.WriteString(name, value);
        }
        // A label of the group may be empty, a label of a stored series cannot.
        foreach (var (name, _) in group.Labels.Where(l => l.Value.Length == 0)) json.WriteString(name, "");
        json.WriteEndObject();
        if (metric.Parts is [{ Histogram: { } native }])
        {
            json.WriteString("count"u8, GoFloat(native.Count));
            json.WriteString("sum"u8, GoFloat(native.Sum));
        }
        else if (family.Type is "HISTOGRAM" or "GAUGE_HISTOGRAM")
        {
            WriteParts(json, metric, family.Name, "buckets", "le");
        }
        else if (family.Type == "SUMMARY")
        {
            WriteParts(json, metric, family.Name, "quantiles", "quantile");
        }
        else
        {
            json.WriteString("value"u8, GoFloat(metric.Parts[0].Value));
        }
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, PushedMetric metric, string family, string member, string label)
    {
        json.WriteStartObject(member);
        foreach (var part in metric.Parts.Where(p => p.Labels.Get(label).Length > 0)) json.WriteString(Bound(part.Labels.Get(label)), GoFloat(part.Value));
        json.WriteEndObject();
        foreach (string suffix in (string[])["count", "sum"])
        {
            if (metric.Parts.FirstOrDefault(p => p.Labels.Get("__name__") == $"{family}_{suffix}") is { } part) json.WriteString(suffix, GoFloat(part.Value));
        }
    }

    // Stored as 1.0, as Prometheus 3 writes bounds; the Pushgateway says 1.
    private static string Bound(string label) => double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double bound) ? GoFloat(bound) : label;

    private static string GoFloat(double value) => FloatText.FormatGeneral(value);
}
