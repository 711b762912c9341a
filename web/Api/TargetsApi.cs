using System.Globalization;
using System.Text.Json;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/targets</c> and <c>/api/v1/scrape_pools</c> (reference H15, H16).</summary>
internal sealed class TargetsApi(ServerState state)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("targets", TargetsAsync);
        routes.Get("scrape_pools", PoolsAsync);
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
