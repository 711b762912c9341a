using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/status/*</c> and <c>/api/v1/metadata</c> (reference H12, H20, H21).</summary>
internal sealed class StatusApi(ServerState state, RunSettings settings)
{
    // The API level: what clients such as Grafana look at to know which features they may use.
    private const string ApiLevel = "3.14.0";

    private const int DefaultTop = 10, MostTop = 10_000;

    public static string StreamlineVersion { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static string Revision { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+').ElementAtOrDefault(1) ?? "";

    public void Map(ApiRoutes routes)
    {
        routes.Get("status/config", (context, _) => Envelope.SuccessAsync(context, json => WriteObject(json, [("yaml", state.Host.ConfigYaml)])));
        routes.Get("status/flags", (context, _) => Envelope.SuccessAsync(context, json => WriteObject(json, settings.EffectiveFlags.Select(f => (f.Key, f.Value)))));
        routes.Get("status/buildinfo", (context, _) => Envelope.SuccessAsync(context, WriteBuildInfo));
        routes.Get("status/runtimeinfo", (context, _) => Envelope.SuccessAsync(context, WriteRuntimeInfo));
        routes.Get("status/tsdb", TsdbAsync);
        routes.Get("status/tsdb/blocks", (context, _) => Envelope.SuccessAsync(context, WriteBlocks));
        routes.Get("metadata", MetadataAsync);
    }

    private static void WriteObject(Utf8JsonWriter json, IEnumerable<(string Name, string Value)> values)
    {
        json.WriteStartObject();
        foreach (var (name, value) in values) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteBuildInfo(Utf8JsonWriter json) => WriteObject(json,
    [
        ("version", ApiLevel), ("revision", Revision), ("branch", ""), ("buildUser", ""), ("buildDate", ""), ("goVersion", ""),
        ("streamlineVersion", StreamlineVersion), ("dotnetVersion", RuntimeInformation.FrameworkDescription),
    ]);

    private void WriteRuntimeInfo(Utf8JsonWriter json)
    {
        var host = state.Host;
        json.WriteStartObject();
        json.WriteString("startTime"u8, host.StartedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
        json.WriteString("CWD"u8, Environment.CurrentDirectory);
        json.WriteString("hostname"u8, Environment.MachineName);
        json.WriteString("serverTime"u8, TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
        json.WriteBoolean("reloadConfigSuccess"u8, host.LastReloadSucceeded);
        json.WriteString("lastConfigTime"u8, DateTimeOffset.FromUnixTimeMilliseconds(host.LastReloadMs).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteNumber("corruptionCount"u8, host.Store.LogCorruptions);
        json.WriteNumber("goroutineCount"u8, ThreadPool.ThreadCount);
        json.WriteNumber("GOMAXPROCS"u8, Environment.ProcessorCount);
        json.WriteNumber("GOMEMLIMIT"u8, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        json.WriteNumber("memoryUsedBytes"u8, host.Memory.UsedBytes);
        json.WriteNumber("memoryLimitBytes"u8, host.Memory.LimitBytes);
        json.WriteString("memoryRung"u8, host.Memory.Rung.ToString());
        json.WriteString("GOGC"u8, "");
        json.WriteString("GODEBUG"u8, "");
        json.WriteString("storageRetention"u8, host.RetentionText);
        json.WriteEndObject();
    }

    private Task TsdbAsync(HttpContext context, RequestParameters parameters)
    {
        int limit = parameters.Limit();
        if (limit > MostTop) throw ApiException.BadParameter("limit", $"limit must not exceed {MostTop}");
        var status = state.Host.Store.Status(limit == 0 ? DefaultTop : limit);
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("headStats"u8);
            json.WriteNumber("numSeries"u8, status.NumSeries);
            json.WriteNumber("numLabelPairs"u8, status.NumLabelPairs);
            json.WriteNumber("chunkCount"u8, status.ChunkCount);
            json.WriteNumber("minTime"u8, status.MinTimeMs);
            json.WriteNumber("maxTime"u8, status.MaxTimeMs);
            json.WriteEndObject();
            WriteTop(json, "seriesCountByMetricName", status.SeriesCountByMetricName);
            WriteTop(json, "labelValueCountByLabelName", status.LabelValueCountByLabelName);
            WriteTop(json, "memoryInBytesByLabelName", status.MemoryInBytesByLabelName);
            WriteTop(json, "seriesCountByLabelValuePair", status.SeriesCountByLabelValuePair);
            json.WriteEndObject();
        });
    }

    private static void WriteTop(Utf8JsonWriter json, string name, IReadOnlyList<TsdbStat> stats)
    {
        json.WriteStartArray(name);
        foreach (var stat in stats)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, stat.Name);
            json.WriteNumber("value"u8, stat.Value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteBlocks(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("blocks"u8);
        foreach (var block in state.Host.Store.Blocks)
        {
            json.WriteStartObject();
            json.WriteString("ulid"u8, block.Ulid);
            json.WriteNumber("minTime"u8, block.MinTimeMs);
            json.WriteNumber("maxTime"u8, block.MaxTimeMs);
            json.WriteStartObject("stats"u8);
            json.WriteNumber("numSamples"u8, block.NumSamples);
            json.WriteNumber("numSeries"u8, block.NumSeries);
            json.WriteNumber("numChunks"u8, block.NumChunks);
            json.WriteEndObject();
            json.WriteStartObject("compaction"u8);
            json.WriteNumber("level"u8, block.Level);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private Task MetadataAsync(HttpContext context, RequestParameters parameters)
    {
        string metric = parameters.Get("metric");
        int limit = parameters.Limit(), perMetric = parameters.Limit("limit_per_metric");
        var all = state.Host.Metadata(metric.Length == 0 ? null : metric);
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartObject();
            foreach (var (name, list) in limit > 0 ? all.Take(limit) : all)
            {
                json.WriteStartArray(name);
                foreach (var metadata in perMetric > 0 ? list.Take(perMetric) : list)
                {
                    json.WriteStartObject();
                    json.WriteString("type"u8, metadata.Type);
                    json.WriteString("help"u8, metadata.Help);
                    json.WriteString("unit"u8, metadata.Unit);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        });
    }
}
