namespace Streamline.Storage;

/// <summary>Severity of a storage log line.</summary>
public enum TsdbLogLevel
{
    /// <summary>For developers.</summary>
    Debug,

    /// <summary>Normal events.</summary>
    Info,

    /// <summary>Something was repaired or refused.</summary>
    Warning,

    /// <summary>Data may be missing.</summary>
    Error,
}
