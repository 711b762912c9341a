namespace Streamline.Storage;

/// <summary>A block on disk: the half-open range [<paramref name="MinTimeMs"/>, <paramref name="MaxTimeMs"/>) and what meta.json says of it.</summary>
/// <param name="Ulid">Its name, 26 characters.</param>
/// <param name="Path">Its directory.</param>
/// <param name="MinTimeMs">First millisecond covered.</param>
/// <param name="MaxTimeMs">First millisecond after it.</param>
/// <param name="NumSamples">Samples held.</param>
/// <param name="NumSeries">Series held.</param>
/// <param name="NumChunks">Chunks held.</param>
/// <param name="Level">Compaction level; 1 was cut from a head.</param>
public sealed record BlockInfo(string Ulid, string Path, long MinTimeMs, long MaxTimeMs, long NumSamples, long NumSeries, long NumChunks, int Level);
