using System.Buffers;
using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Blocks;

/// <summary>A block's tombstones file: ranges of time deleted from single series, applied when reading until a compaction rewrites the block. Immutable.</summary>
internal sealed class Tombstones
{
    public const string FileName = "tombstones";
    private const uint Magic = 0x0130BA30;
    private const byte Version = 1;
    private const int HeaderBytes = 5;

    // Room for ten million ranges.
    private const int MaxBytes = 256 << 20;

    private readonly Dictionary<ulong, List<TimeRange>> _ranges = [];

    public static Tombstones None { get; } = new();

    /// <summary>Ranges held.</summary>
    public int Count { get; private set; }

    /// <summary>Deleted ranges of a series, or null.</summary>
    public List<TimeRange>? Of(ulong series) => _ranges.GetValueOrDefault(series);

    /// <summary>Adds a range, joined with those of the series that it touches. Only before the object is shared.</summary>
    public void Add(ulong series, TimeRange range)
    {
        if (!_ranges.TryGetValue(series, out var ranges)) _ranges[series] = ranges = [];
        Count -= ranges.Count;
        Join(ranges, range);
        Count += ranges.Count;
    }

    /// <summary>These and more, as an object of its own.</summary>
    public Tombstones With(IEnumerable<(ulong Series, TimeRange Range)> more)
    {
        var copy = new Tombstones { Count = Count };
        foreach (var (series, ranges) in _ranges) copy._ranges[series] = [.. ranges];
        foreach (var (series, range) in more) copy.Add(series, range);
        return copy;
    }

    /// <summary>Adds a range to a sorted list in which no two touch, so that this stays true.</summary>
    public static void Join(List<TimeRange> ranges, TimeRange range)
    {
        int first = 0;
        while (first < ranges.Count && ranges[first].MaxMs < range.MinMs && ranges[first].MaxMs + 1 < range.MinMs) first++;
        int end = first;
        for (; end < ranges.Count && (ranges[end].MinMs <= range.MaxMs || ranges[end].MinMs - 1 <= range.MaxMs); end++)
            range = new TimeRange(Math.Min(range.MinMs, ranges[end].MinMs), Math.Max(range.MaxMs, ranges[end].MaxMs));
        ranges.RemoveRange(first, end - first);
        ranges.Insert(first, range);
    }

    /// <summary>Reads the file of a block; none is the same as an empty one.</summary>
    public static Tombstones Read(DataFiles files, string blockDirectory)
    {
        string path = Path.Combine(blockDirectory, FileName);
        if (!File.Exists(path)) return None;
        byte[] bytes = files.ReadAll(path, MaxBytes);
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

    /// <summary>Writes the file so that a crash leaves the old one or the new one.</summary>
    public void Write(DataFiles files, string blockDirectory)
    {
        string path = Path.Combine(blockDirectory, FileName), temporary = path + ".tmp";
        files.Delete(temporary);
        WriteTo(files, temporary);
        files.Replace(temporary, path);
        files.SyncDirectory(blockDirectory);
    }

    private void WriteTo(DataFiles files, string path)
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
        using var file = new AppendFile(files, path);
        file.WriteUInt32(Magic);
        file.WriteByte(Version);
        // The checksum leaves the version out, as Prometheus's does.
        file.StartChecksum();
        file.Write(body.WrittenSpan);
        file.WriteChecksum();
        file.Sync();
    }
}
