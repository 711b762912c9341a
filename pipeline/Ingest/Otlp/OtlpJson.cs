using System.Globalization;
using System.Text.Json;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// Decodes an ExportMetricsServiceRequest from JSON (OTLP specification, "JSON Protobuf Encoding"): names in lower camel case, 64-bit integers as strings or
/// numbers, ids in hexadecimal. Members it does not know are passed over.
/// </summary>
internal sealed class OtlpJson
{
    private readonly OtlpBudget _budget = new();

    /// <exception cref="IngestFormatException">The text is no JSON, or a member has a wrong type.</exception>
    public static List<OtlpResource> Read(ReadOnlyMemory<byte> request)
    {
        try
        {
            using var document = JsonDocument.Parse(request, new JsonDocumentOptions { MaxDepth = 64 });
            var decoder = new OtlpJson();
            return [.. decoder.Each(document.RootElement, "resourceMetrics").Select(decoder.Resource)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new IngestFormatException($"malformed JSON: {error.Message}");
        }
    }

    private OtlpResource Resource(JsonElement json)
    {
        var resource = new OtlpResource();
        if (json.TryGetProperty("resource", out var own)) AddAttributes(own, "attributes", resource.Attributes);
        resource.Scopes.AddRange(Each(json, "scopeMetrics").Select(Scope));
        return resource;
    }

    private OtlpScope Scope(JsonElement json)
    {
        var scope = new OtlpScope { SchemaUrl = Text(json, "schemaUrl") };
        if (json.TryGetProperty("scope", out var own))
        {
            (scope.Name, scope.Version) = (Text(own, "name"), Text(own, "version"));
            AddAttributes(own, "attributes", scope.Attributes);
        }
        scope.Metrics.AddRange(Each(json, "metrics").Select(Metric));
        return scope;
    }

    private OtlpMetric Metric(JsonElement json)
    {
        var metric = new OtlpMetric { Name = Text(json, "name"), Description = Text(json, "description"), Unit = Text(json, "unit") };
        (string Member, OtlpKind Kind)[] kinds =
            [("gauge", OtlpKind.Gauge), ("sum", OtlpKind.Sum), ("histogram", OtlpKind.Histogram), ("exponentialHistogram", OtlpKind.ExponentialHistogram), ("summary", OtlpKind.Summary)];
        foreach (var (member, kind) in kinds)
        {
            if (!json.TryGetProperty(member, out var data)) continue;
            metric.Kind = kind;
            metric.Temporality = Temporality(data);
            metric.IsMonotonic = data.TryGetProperty("isMonotonic", out var monotonic) && monotonic.GetBoolean();
            metric.Points.AddRange(Each(data, "dataPoints").Select(Point));
        }
        return metric;
    }

    private static OtlpTemporality Temporality(JsonElement data)
    {
        if (!data.TryGetProperty("aggregationTemporality", out var value)) return OtlpTemporality.Unspecified;
        if (value.ValueKind == JsonValueKind.Number) return (OtlpTemporality)value.GetInt32();
        return value.GetString() switch
        {
            "AGGREGATION_TEMPORALITY_DELTA" => OtlpTemporality.Delta,
            "AGGREGATION_TEMPORALITY_CUMULATIVE" => OtlpTemporality.Cumulative,
            _ => OtlpTemporality.Unspecified,
        };
    }

    private OtlpPoint Point(JsonElement json)
    {
        _budget.TakePoint();
        var point = new OtlpPoint
        {
            StartNanos = Unsigned(json, "startTimeUnixNano"),
            TimeNanos = Unsigned(json, "timeUnixNano"),
            Flags = (uint)Unsigned(json, "flags"),
            Value = json.TryGetProperty("asInt", out var whole) ? Signed(whole) : json.TryGetProperty("asDouble", out var number) ? Double(number) : 0,
            Count = Unsigned(json, "count"),
            Sum = json.TryGetProperty("sum", out var sum) ? Double(sum) : null,
            Scale = json.TryGetProperty("scale", out var scale) ? (int)Signed(scale) : 0,
            ZeroCount = Unsigned(json, "zeroCount"),
            ZeroThreshold = json.TryGetProperty("zeroThreshold", out var threshold) ? Double(threshold) : 0,
        };
        AddAttributes(json, "attributes", point.Attributes);
        point.BucketCounts.AddRange(Each(json, "bucketCounts").Select(Unsigned));
        point.Bounds.AddRange(Each(json, "explicitBounds").Select(Double));
        if (json.TryGetProperty("positive", out var positive)) AddBuckets(positive, point.Positive);
        if (json.TryGetProperty("negative", out var negative)) AddBuckets(negative, point.Negative);
        point.Quantiles.AddRange(Each(json, "quantileValues").Select(q => (Double(q, "quantile"), Double(q, "value"))));
        point.Exemplars.AddRange(Each(json, "exemplars").Select(Exemplar));
        return point;
    }

    private void AddBuckets(JsonElement json, OtlpBuckets buckets)
    {
        buckets.Offset = json.TryGetProperty("offset", out var offset) ? (int)Signed(offset) : 0;
        buckets.Counts.AddRange(Each(json, "bucketCounts").Select(Unsigned));
    }

    private OtlpExemplar Exemplar(JsonElement json)
    {
        var exemplar = new OtlpExemplar
        {
            TimeNanos = Unsigned(json, "timeUnixNano"),
            Value = json.TryGetProperty("asInt", out var whole) ? Signed(whole) : Double(json, "asDouble"),
            TraceId = Text(json, "traceId").ToLowerInvariant(),
            SpanId = Text(json, "spanId").ToLowerInvariant(),
        };
        AddAttributes(json, "filteredAttributes", exemplar.Attributes);
        return exemplar;
    }

    private void AddAttributes(JsonElement json, string member, List<OtlpAttribute> attributes)
    {
        foreach (var pair in Each(json, member))
        {
            object? value = pair.TryGetProperty("value", out var any) ? Value(any, 0) : null;
            attributes.Add(new OtlpAttribute(Text(pair, "key"), OtlpBudget.Bounded(OtlpValue.Text(value))));
        }
    }

    private object? Value(JsonElement any, int depth)
    {
        if (depth > OtlpBudget.MaxDepth) throw new IngestFormatException($"an attribute is nested deeper than {OtlpBudget.MaxDepth} levels");
        foreach (var member in any.EnumerateObject())
        {
            switch (member.Name)
            {
                case "stringValue": return member.Value.GetString();
                case "boolValue": return member.Value.GetBoolean();
                case "intValue": return Signed(member.Value);
                case "doubleValue": return Double(member.Value);
                case "bytesValue": return member.Value.GetBytesFromBase64();
                case "arrayValue": return Each(member.Value, "values").Select(v => Value(v, depth + 1)).ToList();
                case "kvlistValue":
                    var map = new SortedDictionary<string, object?>(StringComparer.Ordinal);
                    foreach (var pair in Each(member.Value, "values")) map[Text(pair, "key")] = pair.TryGetProperty("value", out var inner) ? Value(inner, depth + 1) : null;
                    return map;
            }
        }
        return null;
    }

    private IEnumerable<JsonElement> Each(JsonElement json, string member)
    {
        if (!json.TryGetProperty(member, out var list) || list.ValueKind == JsonValueKind.Null) yield break;
        foreach (var item in list.EnumerateArray())
        {
            _budget.Take();
            yield return item;
        }
    }

    private static string Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? OtlpBudget.Bounded(value.GetString() ?? "") : "";

    private static ulong Unsigned(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? Unsigned(value) : 0;

    private static ulong Unsigned(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? ulong.Parse(value.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture) : value.GetUInt64();

    private static long Signed(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : value.GetInt64();

    private static double Double(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? Double(value) : 0;

    private static double Double(JsonElement value) => value.ValueKind != JsonValueKind.String ? value.GetDouble() : value.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var text => double.Parse(text!, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
