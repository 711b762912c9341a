namespace Streamline.Pipeline.Exposition;

/// <summary>What tells a sample from the others of its point: its suffix, with the bound of a bucket, the quantile, or the state.</summary>
/// <param name="Key">Suffix and label value.</param>
/// <param name="Number">Bound or quantile.</param>
internal readonly record struct SamplePart(string Key, double Number);
