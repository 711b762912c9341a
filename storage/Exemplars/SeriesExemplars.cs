namespace Streamline.Storage;

/// <summary>A series and its exemplars in time order.</summary>
public sealed record SeriesExemplars(Labels Series, IReadOnlyList<Exemplar> Exemplars);
