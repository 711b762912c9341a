using System.Globalization;
using System.Text.Json;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/rules</c> and <c>/api/v1/alerts</c> (reference H18, H19).</summary>
internal sealed class RulesApi(ServerState state)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("rules", RulesAsync);
        routes.Get("alerts", AlertsAsync);
    }

    private Task RulesAsync(HttpContext context, RequestParameters parameters)
    {
        string type = parameters.Get("type");
        if (type is not ("" or "alert" or "record")) throw ApiException.BadParameter("type", $"not supported value \"{type}\"");
        bool excludeAlerts = parameters.Get("exclude_alerts") is "true" or "1";
        var names = Wanted(parameters, "rule_name[]");
        var groupNames = Wanted(parameters, "rule_group[]");
        var files = Wanted(parameters, "file[]");
        var groups = state.Host.Rules().Where(g => groupNames(g.Name) && files(g.File));
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("groups"u8);
            foreach (var group in groups)
            {
                var rules = group.Rules.Where(r => names(r.Name) && (type.Length == 0 || r.IsAlerting == (type == "alert"))).ToList();
                if (rules.Count > 0 || group.Rules.Count == 0) WriteGroup(json, group, rules, excludeAlerts);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Func<string, bool> Wanted(RequestParameters parameters, string name)
    {
        var wanted = parameters.All(name).ToHashSet(StringComparer.Ordinal);
        return wanted.Count == 0 ? _ => true : wanted.Contains;
    }

    private Task AlertsAsync(HttpContext context, RequestParameters parameters) => Envelope.SuccessAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("alerts"u8);
        foreach (var alert in state.Host.Rules().SelectMany(g => g.Rules).SelectMany(r => r.Alerts)) WriteAlert(json, alert);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteGroup(Utf8JsonWriter json, RuleGroupSnapshot group, IReadOnlyList<RuleSnapshot> rules, bool excludeAlerts)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, group.Name);
        json.WriteString("file"u8, group.File);
        json.WriteStartArray("rules"u8);
        foreach (var rule in rules) WriteRule(json, rule, excludeAlerts);
        json.WriteEndArray();
        json.WriteNumber("interval"u8, group.IntervalSeconds);
        json.WriteNumber("limit"u8, group.Limit);
        json.WriteNumber("evaluationTime"u8, group.EvaluationSeconds);
        WriteTime(json, "lastEvaluation", group.LastEvaluationMs);
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, RuleSnapshot rule, bool excludeAlerts)
    {
        json.WriteStartObject();
        if (rule.IsAlerting) json.WriteString("state"u8, StateName(rule.State));
        json.WriteString("name"u8, rule.Name);
        json.WriteString("query"u8, rule.Query);
        if (rule.IsAlerting)
        {
            json.WriteNumber("duration"u8, rule.ForSeconds);
            json.WriteNumber("keepFiringFor"u8, rule.KeepFiringForSeconds);
        }
        WriteMap(json, "labels", rule.Labels);
        if (rule.IsAlerting)
        {
            WriteMap(json, "annotations", rule.Annotations);
            json.WriteStartArray("alerts"u8);
            if (!excludeAlerts)
            {
                foreach (var alert in rule.Alerts) WriteAlert(json, alert);
            }
            json.WriteEndArray();
            json.WriteBoolean("streaming"u8, rule.IsStreaming);
            if (rule.NotStreamingReason.Length > 0) json.WriteString("notStreamingReason"u8, rule.NotStreamingReason);
        }
        json.WriteString("health"u8, rule.Health switch { RuleHealth.Unknown => "unknown", RuleHealth.Ok => "ok", RuleHealth.Err => "err" });
        if (rule.LastError.Length > 0) json.WriteString("lastError"u8, rule.LastError);
        json.WriteNumber("evaluationTime"u8, rule.EvaluationSeconds);
        WriteTime(json, "lastEvaluation", rule.LastEvaluationMs);
        json.WriteString("type"u8, rule.IsAlerting ? "alerting" : "recording");
        json.WriteEndObject();
    }

    private static void WriteAlert(Utf8JsonWriter json, AlertSnapshot alert)
    {
        json.WriteStartObject();
        json.WritePropertyName("labels"u8);
        SampleJson.WriteLabels(json, alert.Labels);
        WriteMap(json, "annotations", alert.Annotations);
        json.WriteString("state"u8, StateName(alert.State));
        WriteTime(json, "activeAt", alert.ActiveAtMs);
        if (alert.KeepFiringSinceMs is not null) WriteTime(json, "keepFiringSince", alert.KeepFiringSinceMs);
        json.WriteString("value"u8, ExponentForm(alert.Value));
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs) json.WriteString(key, value);
        json.WriteEndObject();
    }

    // Go's zero time stands for never, as Prometheus prints it.
    private static void WriteTime(Utf8JsonWriter json, string name, long? timestampMs) =>
        json.WriteString(name, timestampMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) : "0001-01-01T00:00:00Z");

    private static string StateName(AlertState state) => state switch
    {
        AlertState.Unknown => "unknown",
        AlertState.Inactive => "inactive",
        AlertState.Pending => "pending",
        AlertState.Firing => "firing",
    };

    // Go's 'e' with the shortest digits: 1e+00, 1.5e-03.
    private static string ExponentForm(double value)
    {
        if (!double.IsFinite(value)) return FloatText.Format(value);
        for (int digits = 0; digits < 17; digits++)
        {
            string text = value.ToString("e" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) == value) return Shorten(text);
        }
        return Shorten(value.ToString("e16", CultureInfo.InvariantCulture));
    }

    // .NET writes three exponent digits, Go at least two.
    private static string Shorten(string text)
    {
        int at = text.IndexOf('e', StringComparison.Ordinal) + 2;
        return text[at] == '0' && text.Length - at > 2 ? text.Remove(at, 1) : text;
    }
}
