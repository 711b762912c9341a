namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>A request as it was decoded, from protobuf or JSON: resources, their scopes, their metrics (opentelemetry/proto/metrics/v1/metrics.proto).</summary>
internal sealed class OtlpResource
{
    public List<OtlpAttribute> Attributes { get; } = [];

    public List<OtlpScope> Scopes { get; } = [];
}

/// <summary>Name and value; values that are no strings stand as their text.</summary>
internal readonly record struct OtlpAttribute(string Name, string Value);

/// <summary>An instrumentation scope with what it measured.</summary>
internal sealed class OtlpScope
{
    public string Name { get; set; } = "";

    public string Version { get; set; } = "";

    public string SchemaUrl { get; set; } = "";

    public List<OtlpAttribute> Attributes { get; } = [];

    public List<OtlpMetric> Metrics { get; } = [];
}

/// <summary>The five shapes of a metric, and what none of them is.</summary>
internal enum OtlpKind
{
    None,
    Gauge,
    Sum,
    Histogram,
    ExponentialHistogram,
    Summary,
}

/// <summary>What the value of a point is counted from.</summary>
internal enum OtlpTemporality
{
    Unspecified = 0,
    Delta = 1,
    Cumulative = 2,
}

/// <summary>A metric with its points.</summary>
internal sealed class OtlpMetric
{
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public string Unit { get; set; } = "";

    public OtlpKind Kind { get; set; }

    public OtlpTemporality Temporality { get; set; }

    public bool IsMonotonic { get; set; }

    public List<OtlpPoint> Points { get; } = [];
}

/// <summary>A point of any kind; a field that its kind does not have keeps its default. Times are nanoseconds since the Unix epoch.</summary>
internal sealed class OtlpPoint
{
    private const uint NoRecordedValueFlag = 1;
    private const long NanosPerMilli = 1_000_000;

    public List<OtlpAttribute> Attributes { get; } = [];

    public ulong StartNanos { get; set; }

    public ulong TimeNanos { get; set; }

    public uint Flags { get; set; }

    public double Value { get; set; }

    public ulong Count { get; set; }

    public double? Sum { get; set; }

    /// <summary>Explicit histograms: one more than <see cref="Bounds"/>, not cumulative.</summary>
    public List<ulong> BucketCounts { get; } = [];

    public List<double> Bounds { get; } = [];

    public int Scale { get; set; }

    public ulong ZeroCount { get; set; }

    public double ZeroThreshold { get; set; }

    public OtlpBuckets Positive { get; } = new();

    public OtlpBuckets Negative { get; } = new();

    /// <summary>Quantile and value.</summary>
    public List<(double Quantile, double Value)> Quantiles { get; } = [];

    public List<OtlpExemplar> Exemplars { get; } = [];

    public bool HasNoValue => (Flags & NoRecordedValueFlag) != 0;

    public long TimeMs => (long)(TimeNanos / NanosPerMilli);

    public long StartMs => (long)(StartNanos / NanosPerMilli);
}

/// <summary>Buckets of an exponential histogram: counts from an index on.</summary>
internal sealed class OtlpBuckets
{
    public int Offset { get; set; }

    public List<ulong> Counts { get; } = [];
}

/// <summary>An exemplar; ids in lower-case hexadecimal, empty when not sent.</summary>
internal sealed class OtlpExemplar
{
    public ulong TimeNanos { get; set; }

    public double Value { get; set; }

    public string TraceId { get; set; } = "";

    public string SpanId { get; set; } = "";

    public List<OtlpAttribute> Attributes { get; } = [];
}
