using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>The labels that say what a series is rather than where it comes from: name, type and unit. Computing with its values takes them away.</summary>
internal static class MetadataLabels
{
    private static ReadOnlySpan<byte> Type => "__type__"u8;

    private static ReadOnlySpan<byte> Unit => "__unit__"u8;

    /// <summary>Removes them from a label set under construction.</summary>
    public static LabelsBuilder Remove(LabelsBuilder builder) => builder.Remove(Labels.MetricName).Remove(Type).Remove(Unit);

    /// <summary>The label set without them; itself when it has none.</summary>
    public static Labels Remove(LabelsBuilder builder, Labels labels) =>
        labels.Has(Labels.MetricName) || labels.Has(Type) || labels.Has(Unit) ? Remove(builder.Reset(labels)).Build() : labels;
}
