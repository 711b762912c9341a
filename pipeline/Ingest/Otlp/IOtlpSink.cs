using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Where a translated request goes. The labels given are the builder's content now; it is used again.</summary>
internal interface IOtlpSink
{
    void Add(LabelsBuilder labels, long timestampMs, double value, long startMs);

    void Add(LabelsBuilder labels, long timestampMs, NativeHistogram histogram, long startMs);

    /// <summary>An exemplar of the series with these labels.</summary>
    void Add(LabelsBuilder labels, Exemplar exemplar);

    /// <summary>A 1 for the resource at a time; one that is not newer than the last is left out.</summary>
    void AddTargetInfo(LabelsBuilder labels, long timestampMs);

    /// <summary>Makes a delta point cumulative in place; null, or why it could not.</summary>
    string? Accumulate(LabelsBuilder labels, OtlpPoint point, OtlpKind kind);
}
