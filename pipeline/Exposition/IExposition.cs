using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// A body being walked event by event, whatever its format. Its readers are ref structs and its users generic over them, so that a call costs no more than one on
/// the struct itself.
/// </summary>
internal interface IExposition
{
    /// <summary>The next event; after Error the reader stands still.</summary>
    ExpositionEvent Next();

    /// <summary>Identity of the sample's series inside the body.</summary>
    RouteKey Key { get; }

    /// <summary>The sample's value, when it is a float.</summary>
    double Value { get; }

    /// <summary>The sample's value at a Histogram event. Built at each call.</summary>
    /// <exception cref="Ingest.IngestFormatException">Classic buckets that were to be converted make no histogram.</exception>
    NativeHistogram Histogram { get; }

    /// <summary>Whether the sample carries its own timestamp.</summary>
    bool HasTimestamp { get; }

    /// <summary>The sample's own timestamp, else 0.</summary>
    long TimestampMs { get; }

    /// <summary>When the sample's counter began, milliseconds; 0 when the body does not say.</summary>
    long StartMs { get; }

    /// <summary>Type of the family that the reader stands in.</summary>
    MetricType Type { get; }

    /// <summary>Name of the typed family that the reader stands in, as text formats write it; empty before any.</summary>
    ReadOnlySpan<byte> Family { get; }

    /// <summary>Name of the family that the reader stands in, in every format, as it is written there.</summary>
    ReadOnlySpan<byte> FamilyName { get; }

    /// <summary>Fills the builder (cleared first) with the sample's name and labels; gives what is wrong with them, or null.</summary>
    string? Decode(LabelsBuilder labels);

    /// <summary>Whether the sample sets the label to the empty value, which takes the target's label away under honor_labels.</summary>
    bool DeclaresEmpty(ReadOnlySpan<byte> name);

    /// <summary>The next exemplar of the sample, without timestamp dated at the sample; false when there is none left. The builder is used up.</summary>
    /// <exception cref="Ingest.IngestFormatException">The message of the exemplar is malformed.</exception>
    bool TryExemplar(LabelsBuilder labels, long sampleMs, out Exemplar exemplar);

    /// <summary>Hands a metadata event on.</summary>
    void Tell(ExpositionEvent found, SourceMetadata metadata);

    /// <summary>Ends the walk with an error on the current sample: for faults that only the decoded series shows.</summary>
    ExpositionEvent Fail(string reason);

    /// <summary>Where and why the walk ended.</summary>
    string Problem { get; }
}
