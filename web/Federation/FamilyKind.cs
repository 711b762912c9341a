namespace Streamline.Web.Federation;

/// <summary>Types of families: what is stored of floats says no more than that they are floats.</summary>
internal enum FamilyKind
{
    Untyped,
    Histogram,
    GaugeHistogram,
}
