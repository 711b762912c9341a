using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Wal;

/// <summary>
/// Reads the records of one segment in order. A record may not continue in the next segment. Damage ends the reading with a
/// <see cref="StorageCorruptionException"/> whose offset is the first byte that cannot be trusted.
/// </summary>
internal sealed class WalReader : IDisposable
{
    /// <summary>A record larger than this is damage, not data: it bounds what a broken length can make us allocate.</summary>
    public const int MaxRecordBytes = 256 << 20;

    private readonly string _path;
    private readonly DataFile _file;
    private readonly Zstd? _zstd;
    private readonly byte[] _page = new byte[WalFormat.PageBytes];
    private byte[] _record = new byte[64 << 10];
    private byte[] _decoded = new byte[64 << 10];
    private ZstdDecoder? _zstdDecoder;
    private long _pageStart = -WalFormat.PageBytes;
    private int _pageLength = WalFormat.PageBytes, _at = WalFormat.PageBytes, _skip;

    /// <param name="files">The file layer.</param>
    /// <param name="path">The segment.</param>
    /// <param name="zstd">The library, null when there is none: then the first record packed with it throws <see cref="ZstdMissingException"/>.</param>
    /// <param name="start">Where to begin, between two records.</param>
    public WalReader(DataFiles files, string path, Zstd? zstd, long start = 0)
    {
        (_path, _zstd, GoodOffset) = (path, zstd, start);
        _pageStart += start / WalFormat.PageBytes * WalFormat.PageBytes;
        _skip = (int)(start % WalFormat.PageBytes);
        _file = files.OpenRead(path);
    }

    /// <summary>Behind the last whole record.</summary>
    public long GoodOffset { get; private set; }

    /// <summary>The next record, unpacked; valid until the next call. False at the end of the segment.</summary>
    public bool Next(out ReadOnlySpan<byte> record)
    {
        record = default;
        int length = 0;
        for (int fragment = 0; ; fragment++)
        {
            if (!NextFragment(out byte type, out var data)) return fragment > 0 ? throw Damage("record is cut short at the end of the segment") : false;
            CheckPosition(type, fragment);
            if (length + data.Length > MaxRecordBytes) throw Damage("record is too long");
            if (length + data.Length > _record.Length) Array.Resize(ref _record, Math.Max(_record.Length * 2, length + data.Length));
            data.CopyTo(_record.AsSpan(length));
            length += data.Length;
            if ((type & WalFormat.PositionMask) is not (WalFormat.Full or WalFormat.Last)) continue;
            record = Unpack(type, _record.AsSpan(0, length));
            if (record.IsEmpty) throw Damage("record is empty");
            GoodOffset = _pageStart + _at;
            return true;
        }
    }

    /// <summary>Takes one record; what it does not hold is a <see cref="FormatException"/>.</summary>
    public delegate void RecordAction(ReadOnlySpan<byte> record);

    /// <summary>Hands over all records that are left. One that does not hold what its type says is damage at its beginning.</summary>
    public void ReadAll(RecordAction take)
    {
        while (true)
        {
            long before = GoodOffset;
            if (!Next(out var record)) return;
            try
            {
                take(record);
            }
            catch (FormatException error)
            {
                throw new StorageCorruptionException(_path, before, error.Message, error);
            }
        }
    }

    public void Dispose()
    {
        _zstdDecoder?.Dispose();
        _file.Dispose();
    }

    private bool NextFragment(out byte type, out ReadOnlySpan<byte> data)
    {
        type = 0;
        data = default;
        while (true)
        {
            if (_at == _pageLength && !NextPage()) return false;
            type = _page[_at];
            if (type != WalFormat.PageEnd) break;
            if (_page.AsSpan(_at, _pageLength - _at).ContainsAnyExcept((byte)0)) throw Damage("bytes behind the end of a page");
            _at = _pageLength;
        }
        if (_pageLength - _at < WalFormat.HeaderBytes) throw Damage("fragment header is cut short");
        int length = BinaryPrimitives.ReadUInt16BigEndian(_page.AsSpan(_at + 1));
        int start = _at + WalFormat.HeaderBytes;
        if (start + length > _pageLength) throw Damage("fragment overruns its page");
        data = _page.AsSpan(start, length);
        if (Crc32C.Of(data) != BinaryPrimitives.ReadUInt32BigEndian(_page.AsSpan(_at + 3))) throw Damage("checksum mismatch");
        _at = start + length;
        return true;
    }

    private bool NextPage()
    {
        if (_pageLength < WalFormat.PageBytes) return false;
        _pageStart += WalFormat.PageBytes;
        _pageLength = _at = 0;
        while (_pageLength < WalFormat.PageBytes)
        {
            int read = _file.Read(_page.AsSpan(_pageLength), _pageStart + _pageLength);
            if (read == 0) break;
            _pageLength += read;
        }
        _at = Math.Min(_skip, _pageLength);
        _skip = 0;
        return _pageLength > _at;
    }

    private void CheckPosition(byte type, int fragment)
    {
        int position = type & WalFormat.PositionMask;
        bool starts = position is WalFormat.Full or WalFormat.First;
        if (position > WalFormat.Last || starts != (fragment == 0)) throw Damage("fragment out of order");
    }

    private ReadOnlySpan<byte> Unpack(byte type, ReadOnlySpan<byte> packed)
    {
        if ((type & WalFormat.SnappyBit) != 0) return UnpackSnappy(packed);
        return (type & WalFormat.ZstdBit) != 0 ? UnpackZstd(packed) : packed;
    }

    private ReadOnlySpan<byte> UnpackSnappy(ReadOnlySpan<byte> packed)
    {
        if (!Snappy.TryGetLength(packed, MaxRecordBytes, out int length)) throw Damage("snappy length is wrong");
        if (length > _decoded.Length) _decoded = new byte[Math.Max(length, _decoded.Length * 2)];
        if (!Snappy.TryDecode(packed, _decoded, out int written)) throw Damage("snappy block does not unpack");
        return _decoded.AsSpan(0, written);
    }

    // A missing library is not damage: what cannot be read now must not be cut off.
    private ReadOnlySpan<byte> UnpackZstd(ReadOnlySpan<byte> packed)
    {
        _zstdDecoder ??= new ZstdDecoder(_zstd ?? throw new ZstdMissingException(_path, GoodOffset));
        if (!_zstdDecoder.TryDecode(packed, MaxRecordBytes, ref _decoded, out int written)) throw Damage("zstd frame does not unpack");
        return _decoded.AsSpan(0, written);
    }

    private StorageCorruptionException Damage(string reason) => new(_path, GoodOffset, reason);
}
