namespace Streamline.Storage.Head;

/// <summary>A sample that has passed the checks, with what its line said before it: needed to encode it, or to undo it.</summary>
internal readonly record struct StagedSample(int Slot, long TimestampMs, ulong Bits, long LastTimestampMs, ulong LastBits);
