using Streamline.Storage.Encoding;

namespace Streamline.Storage.Wal;

/// <summary>Packs records for the log as far as that makes them smaller. One thread at a time; a packed record is good until the next call.</summary>
internal sealed class RecordPacker : IDisposable
{
    // After a record of samples that snappy shrank by less than a quarter so many go as they are. Values that move, as most do, lose a sixth, and packing
    // them took 50 of the 250 ns that a sample costs the append thread.
    private const int PlainRecords = 63;

    // Smaller records say nothing about the others.
    private const int TellingBytes = 4096;

    private readonly ZstdEncoder? _zstd;
    private byte[] _packed = new byte[64 << 10];
    private int _plainLeft;

    /// <param name="compression">What to pack with; zstd needs the library.</param>
    /// <param name="zstd">The library.</param>
    public RecordPacker(WalCompression compression, Zstd? zstd = null)
    {
        (Compression, Zstd) = (compression, zstd);
        if (compression == WalCompression.Zstd) _zstd = new ZstdEncoder(zstd ?? throw new ArgumentNullException(nameof(zstd)));
    }

    public WalCompression Compression { get; }

    /// <summary>The library, where it was given.</summary>
    public Zstd? Zstd { get; }

    /// <summary>The bytes to write, and the bit that says how they are packed.</summary>
    public ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> record, out byte flags)
    {
        flags = 0;
        var packed = Compression switch
        {
            WalCompression.None => record,
            WalCompression.Snappy => PackSnappy(record),
            WalCompression.Zstd => PackZstd(record),
        };
        if (packed.Length >= record.Length) return record;
        flags = Compression == WalCompression.Zstd ? WalFormat.ZstdBit : WalFormat.SnappyBit;
        return packed;
    }

    public void Dispose() => _zstd?.Dispose();

    private ReadOnlySpan<byte> PackSnappy(ReadOnlySpan<byte> record)
    {
        if (IsLeftPlain(record)) return record;
        Reserve(Snappy.MaxEncodedBytes(record.Length));
        int packed = Snappy.Encode(record, _packed);
        if (IsTelling(record) && packed > record.Length / 4 * 3) _plainLeft = PlainRecords;
        return _packed.AsSpan(0, packed);
    }

    // Who chooses zstd wants a small log more than a cheap commit: every record is tried.
    private ReadOnlySpan<byte> PackZstd(ReadOnlySpan<byte> record)
    {
        Reserve(_zstd!.MaxEncodedBytes(record.Length));
        int packed = _zstd.Encode(record, _packed);
        return packed == 0 ? record : _packed.AsSpan(0, packed);
    }

    private bool IsLeftPlain(ReadOnlySpan<byte> record)
    {
        if (_plainLeft == 0 || !IsTelling(record)) return false;
        _plainLeft--;
        return true;
    }

    private static bool IsTelling(ReadOnlySpan<byte> record) => record.Length >= TellingBytes && record[0] == (byte)RecordType.Samples;

    private void Reserve(int bytes)
    {
        if (_packed.Length < bytes) _packed = new byte[bytes];
    }
}
