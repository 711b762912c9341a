namespace Streamline.Pipeline;

/// <summary>Memory of the process against its limit, bytes, and what is given up for it.</summary>
public sealed record MemoryStatus(long UsedBytes, long LimitBytes, MemoryRung Rung);
