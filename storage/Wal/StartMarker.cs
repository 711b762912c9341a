namespace Streamline.Storage.Wal;

/// <summary>What stands for the start time of a record's second and later entries.</summary>
internal enum StartMarker : byte
{
    Unknown = 0,
    AsBefore = 1,

    /// <summary>The distance to the first one follows.</summary>
    Distance = 2,
}
