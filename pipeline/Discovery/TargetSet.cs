using Streamline.Storage;

namespace Streamline.Pipeline.Discovery;

/// <summary>A job's targets at one moment.</summary>
/// <param name="Active">Distinct targets, invalid ones among them.</param>
/// <param name="Dropped">Discovered labels of targets that relabelling dropped, at most keep_dropped_targets of them.</param>
/// <param name="DroppedCount">All dropped targets.</param>
/// <param name="ForcedError">Why none of them is scraped although they are valid, or null: target_limit.</param>
internal sealed record TargetSet(IReadOnlyList<TargetModel> Active, IReadOnlyList<Labels> Dropped, int DroppedCount, string? ForcedError = null);
