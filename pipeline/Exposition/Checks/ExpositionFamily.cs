namespace Streamline.Pipeline;

/// <summary>A family of metrics and how many series it has.</summary>
public sealed record ExpositionFamily(string Name, long Series);
