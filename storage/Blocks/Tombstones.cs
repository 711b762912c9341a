using System.Buffers;
using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Blocks;

/// <summary>A block's tombstones file: ranges of time deleted from single series, applied when reading until a compaction rewrites the block. Immutable.</summary>
internal sealed class Tombstones
{
    public const string FileName = "tombstones";
    private const uint Magic = 0x0130BA30;
    private const byte Version = 1;
    private const int HeaderBytes = 5;

    private readonly Dictionary<ulong, List<TimeRange>> _ranges = [];

    public static Tombstones None { get; } = new();

    /// <summary>Ranges held.</summary>
    public int Count { get; private set; }

    /// <summary>Deleted ranges of a series, or null.</summary>
    public List<TimeRange>? Of(ulong series) => _ranges.GetValueOrDefault(series);

    public void Add(ulong series, TimeRange range)
    {
        if (!_ranges.TryGetValue(series, out var ranges)) _ranges[series] = ranges = [];
        ranges.Add(range);
        Count++;
    }

    /// <summary>Reads the file of a block; none is the same as an empty one.</summary>
    public static Tombstones Read(string blockDirectory)
    {
        string path = Path.Combine(blockDirectory, FileName);
        if (!File.Exists(path)) return None;
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderBytes + Crc32C.Size) throw new StorageCorruptionException(path, 0, $"{bytes.Length} bytes are too few for tombstones");
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic) throw new StorageCorruptionException(path, 0, "not a tombstones file: wrong magic number");
        if (bytes[4] != Version) throw new StorageCorruptionException(path, 4, $"tombstones version {bytes[4]}");
        var body = bytes.AsSpan(HeaderBytes..^Crc32C.Size);
        if (Crc32C.Of(body) != BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(^Crc32C.Size..))) throw new StorageCorruptionException(path, HeaderBytes, "the tombstones fail their checksum");
        var stones = new Tombstones();
        for (var reader = new SpanReader(body, path, HeaderBytes); !reader.AtEnd;)
        {
            ulong series = reader.Uvarint();
            stones.Add(series, new TimeRange(reader.SignedVarint(), reader.SignedVarint()));
        }
        return stones;
    }

    /// <summary>Writes the file of a new block.</summary>
    public void Write(string blockDirectory)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var (series, ranges) in _ranges.OrderBy(r => r.Key))
        {
            foreach (var range in ranges)
            {
                body.Advance(Varint.Write(body.GetSpan(Varint.MaxBytes), series));
                body.Advance(Varint.WriteSigned(body.GetSpan(Varint.MaxBytes), range.MinMs));
                body.Advance(Varint.WriteSigned(body.GetSpan(Varint.MaxBytes), range.MaxMs));
            }
        }
        using var file = new AppendFile(Path.Combine(blockDirectory, FileName));
        file.WriteUInt32(Magic);
        file.WriteByte(Version);
        // The checksum leaves the version out, as Prometheus's does.
        file.StartChecksum();
        file.Write(body.WrittenSpan);
        file.WriteChecksum();
        file.Sync();
    }
}
