using Streamline.Storage.Encoding;

namespace Streamline.Storage.Index;

/// <summary>
/// The postings offset table, sampled: in memory is every 32nd value of each label name with its place in the table, the rest is read on demand.
/// Immutable after loading; every call brings its own window.
/// </summary>
internal sealed class PostingsTable
{
    private const int SampleEvery = 32;

    private readonly Dictionary<byte[], Name>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<byte[]> _names;

    private PostingsTable(Dictionary<byte[], Name> names, List<byte[]> order)
    {
        _lookup = names.GetAlternateLookup<ReadOnlySpan<byte>>();
        _names = order;
    }

    /// <summary>Label names in order, without the empty name of the list of all series.</summary>
    public IReadOnlyList<byte[]> Names => _names;

    private sealed class Name(long start)
    {
        public long Start => start;

        public long End { get; set; }

        public List<(byte[] Value, long Place)> Samples { get; } = [];
    }

    /// <summary>One entry.</summary>
    /// <returns>False to end the walk.</returns>
    public delegate bool Visit(ReadOnlySpan<byte> value, long postings);

    public static PostingsTable Load(FileWindow window, long offset)
    {
        var head = new FileScanner(window, offset, window.Length);
        long length = head.UInt32();
        if (length > window.Length - head.Position - Crc32C.Size) throw new StorageCorruptionException(window.File, offset, $"a postings table of {length} bytes reaches over the file's end");
        var scan = new FileScanner(window, head.Position, head.Position + length);
        var names = new Dictionary<byte[], Name>(ByteSequences.Comparer);
        var order = new List<byte[]>();
        ReadEntries(window, ref scan, names, order);
        if (!scan.AtEnd) scan.Bytes((int)(head.Position + length - scan.Position));
        uint checksum = scan.Checksum;
        var tail = new FileScanner(window, head.Position + length, window.Length);
        if (tail.UInt32() != checksum) throw new StorageCorruptionException(window.File, offset, "the postings table fails its checksum");
        return new PostingsTable(names, order);
    }

    /// <summary>Visits the values of a name, in order, from the first that is not below <paramref name="from"/> on.</summary>
    public void Walk(FileWindow window, ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, Visit visit)
    {
        if (!_lookup.TryGetValue(name, out var entry)) return;
        var scan = new FileScanner(window, PlaceBefore(entry, from), entry.End);
        while (!scan.AtEnd)
        {
            SkipKey(ref scan);
            var value = scan.Text();
            bool wanted = value.SequenceCompareTo(from) >= 0;
            byte[]? kept = null;
            // The value's bytes lie in the window, which the next read may move.
            if (wanted) kept = value.ToArray();
            long postings = PlaceOf(window, ref scan);
            if (wanted && !visit(kept, postings)) return;
        }
    }

    /// <summary>Finds where the postings of a pair start.</summary>
    public bool TryFind(FileWindow window, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out long postings)
    {
        postings = 0;
        if (!_lookup.TryGetValue(name, out var entry)) return false;
        for (var scan = new FileScanner(window, PlaceBefore(entry, value), entry.End); !scan.AtEnd;)
        {
            SkipKey(ref scan);
            int order = scan.Text().SequenceCompareTo(value);
            long place = PlaceOf(window, ref scan);
            if (order > 0) return false;
            if (order < 0) continue;
            postings = place;
            return true;
        }
        return false;
    }

    private static void ReadEntries(FileWindow window, ref FileScanner scan, Dictionary<byte[], Name> names, List<byte[]> order)
    {
        uint count = scan.UInt32();
        Name? current = null;
        byte[] currentName = [];
        for (int seen = 0; count > 0; count--)
        {
            long place = scan.Position;
            ulong keys = scan.Uvarint();
            if (keys != IndexFormat.PairKey) throw new StorageCorruptionException(window.File, place, $"a postings key of {keys} parts");
            var name = scan.Text();
            if (current is null || !name.SequenceEqual(currentName))
            {
                if (current is not null && name.SequenceCompareTo(currentName) < 0) throw new StorageCorruptionException(window.File, place, "label names out of order");
                current = new Name(place);
                currentName = name.ToArray();
                names[currentName] = current;
                if (currentName.Length > 0) order.Add(currentName);
                seen = 0;
            }
            var value = scan.Text();
            if (seen++ % SampleEvery == 0) current.Samples.Add((value.ToArray(), place));
            PlaceOf(window, ref scan);
            current.End = scan.Position;
        }
    }

    private static long PlaceBefore(Name entry, ReadOnlySpan<byte> value)
    {
        int low = 0, high = entry.Samples.Count;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (entry.Samples[middle].Value.AsSpan().SequenceCompareTo(value) <= 0) low = middle;
            else high = middle;
        }
        return entry.Samples[low].Place;
    }

    private static void SkipKey(ref FileScanner scan)
    {
        scan.Uvarint();
        scan.Text();
    }

    private static long PlaceOf(FileWindow window, ref FileScanner scan)
    {
        long at = scan.Position;
        ulong place = scan.Uvarint();
        if (place > (ulong)window.Length) throw new StorageCorruptionException(window.File, at, $"postings at {place}, behind the file's end");
        return (long)place;
    }
}
