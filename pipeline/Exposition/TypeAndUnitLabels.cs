using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>The labels <c>__type__</c> and <c>__unit__</c> of the feature type-and-unit-labels: what the family says stands over labels of the same names.</summary>
internal static class TypeAndUnitLabels
{
    public static void Set(LabelsBuilder labels, MetricType type, ReadOnlySpan<byte> unit)
    {
        if (type != MetricType.Unknown) labels.Set("__type__"u8, Encoding.ASCII.GetBytes(type.Name()));
        labels.Set("__unit__"u8, unit);
    }

    /// <summary>Whether the family's word replaces a label of this name.</summary>
    public static bool Owns(ReadOnlySpan<byte> name, MetricType type, ReadOnlySpan<byte> unit) =>
        (type != MetricType.Unknown && name.SequenceEqual("__type__"u8)) || (!unit.IsEmpty && name.SequenceEqual("__unit__"u8));
}
