namespace Streamline.Storage;

/// <summary>How much is kept; the oldest blocks go first.</summary>
/// <param name="TimeMs">Blocks wholly older than this, counted from the newest sample in blocks, are deleted; 0 keeps all.</param>
/// <param name="Bytes">Most bytes of log and blocks together; 0 sets no limit.</param>
/// <param name="Percentage">The same as a share of the file system, 0 to 100; it takes the place of <paramref name="Bytes"/> where the file system's size is known.</param>
public sealed record RetentionLimits(long TimeMs, long Bytes = 0, double Percentage = 0);
