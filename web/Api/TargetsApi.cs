using System.Globalization;
using System.Text.Json;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/targets</c>, <c>/api/v1/targets/relabel_steps</c> and <c>/api/v1/scrape_pools</c> (reference H15, H16).</summary>
internal sealed class TargetsApi(ServerState state)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("targets", TargetsAsync);
        routes.Get("targets/relabel_steps", RelabelStepsAsync);
        routes.Get("scrape_pools", PoolsAsync);
    }

    private Task RelabelStepsAsync(HttpContext context, RequestParameters parameters)
    {
        string pool = parameters.Get("scrapePool"), labels = parameters.Get("labels");
        if (pool.Length == 0) throw new ApiException(ApiErrorType.BadData, "no scrapePool parameter provided");
        if (labels.Length == 0) throw new ApiException(ApiErrorType.BadData, "no labels parameter provided");
        var steps = state.Host.RelabelSteps(pool, ReadLabels(labels)) ?? throw new ApiException(ApiErrorType.BadData, $"error retrieving scrape config: scrape pool \"{pool}\" not found");
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("steps"u8);
            foreach (var step in steps) WriteStep(json, step);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Labels ReadLabels(string text)
    {
        try
        {
            var pairs = JsonSerializer.Deserialize<Dictionary<string, string?>>(text) ?? [];
            return Labels.Of([.. pairs.Select(pair => (pair.Key, pair.Value ?? ""))]);
        }
        catch (JsonException error)
        {
            throw new ApiException(ApiErrorType.BadData, "error parsing labels: " + error.Message);
        }
    }

    private static void WriteStep(Utf8JsonWriter json, RelabelStep step)
    {
        var rule = step.Rule;
        json.WriteStartObject();
        json.WriteStartObject("rule"u8);
        if (rule.SourceLabels.Count > 0)
        {
            json.WriteStartArray("source_labels"u8);
            foreach (string label in rule.SourceLabels) json.WriteStringValue(label);
            json.WriteEndArray();
        }
        json.WriteString("separator"u8, rule.Separator);
        if (rule.Regex.Length > 0) json.WriteString("regex"u8, rule.Regex);
        if (rule.Modulus > 0) json.WriteNumber("modulus"u8, rule.Modulus);
        if (rule.TargetLabel.Length > 0) json.WriteString("target_label"u8, rule.TargetLabel);
        json.WriteString("replacement"u8, rule.Replacement);
        json.WriteString("action"u8, rule.Action);
        json.WriteEndObject();
        WriteLabels(json, "output", step.Output);
        json.WriteBoolean("keep"u8, step.Keep);
        json.WriteEndObject();
    }

    private Task PoolsAsync(HttpContext context, RequestParameters parameters) => Envelope.SuccessAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("scrapePools"u8);
        foreach (var pool in state.Host.ScrapePools()) json.WriteStringValue(pool.Name);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private Task TargetsAsync(HttpContext context, RequestParameters parameters)
    {
        string wanted = parameters.Get("state"), poolName = parameters.Get("scrapePool");
        var pools = state.Host.ScrapePools().Where(p => poolName.Length == 0 || p.Name == poolName).ToList();
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("activeTargets"u8);
            if (wanted is "" or "any" or "active")
            {
                foreach (var target in pools.SelectMany(p => p.Targets)) WriteTarget(json, target);
            }
            json.WriteEndArray();
            WriteDropped(json, wanted is "" or "any" or "dropped" ? pools : []);
            json.WriteStartObject("poolErrors"u8);
            foreach (var pool in pools.Where(p => p.Errors.Count > 0)) json.WriteString(pool.Name, string.Join("; ", pool.Errors));
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static void WriteDropped(Utf8JsonWriter json, IReadOnlyList<ScrapePoolStatus> pools)
    {
        json.WriteStartArray("droppedTargets"u8);
        foreach (var pool in pools)
        {
            foreach (var labels in pool.Dropped)
            {
                json.WriteStartObject();
                WriteLabels(json, "discoveredLabels", labels);
                json.WriteString("scrapePool"u8, pool.Name);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
        json.WriteStartObject("droppedTargetCounts"u8);
        foreach (var pool in pools) json.WriteNumber(pool.Name, pool.DroppedCount);
        json.WriteEndObject();
    }

    private static void WriteTarget(Utf8JsonWriter json, TargetStatus target)
    {
        json.WriteStartObject();
        WriteLabels(json, "discoveredLabels", target.DiscoveredLabels);
        WriteLabels(json, "labels", target.Labels);
        json.WriteString("scrapePool"u8, target.Pool);
        json.WriteString("scrapeUrl"u8, target.ScrapeUrl);
        json.WriteString("globalUrl"u8, target.GlobalUrl);
        json.WriteString("lastError"u8, target.LastError);
        json.WriteString("lastScrape"u8, target.LastScrapeMs == 0
            ? "0001-01-01T00:00:00Z"
            : DateTimeOffset.FromUnixTimeMilliseconds(target.LastScrapeMs).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteNumber("lastScrapeDuration"u8, target.LastScrapeDuration.TotalSeconds);
        json.WriteString("health"u8, target.Health);
        json.WriteString("scrapeInterval"u8, DurationText.Format((long)target.Interval.TotalMilliseconds));
        json.WriteString("scrapeTimeout"u8, DurationText.Format((long)target.Timeout.TotalMilliseconds));
        json.WriteEndObject();
    }

    private static void WriteLabels(Utf8JsonWriter json, string name, Labels labels)
    {
        json.WritePropertyName(name);
        SampleJson.WriteLabels(json, labels);
    }
}
