namespace Streamline.Storage.Wal;

/// <summary>Numbers of the log's framing (docs/wal.md): pages of 32 KiB, in them fragments with a seven-byte header.</summary>
internal static class WalFormat
{
    public const int PageBytes = 32 << 10;

    /// <summary>Type, length and checksum in front of each fragment.</summary>
    public const int HeaderBytes = 7;

    /// <summary>Low bits of the type byte: where the fragment stands in its record.</summary>
    public const byte PositionMask = 7;

    public const byte PageEnd = 0, Full = 1, First = 2, Middle = 3, Last = 4;

    public const byte SnappyBit = 8, ZstdBit = 16;
}
