using System.Text;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Type, help and unit of the families of one source (a target, a push group). Written by its source during a parse, read by the API; a family not seen
/// for ten rounds is forgotten with the next. A known family with unchanged texts costs a lookup and a comparison, no allocation.
/// </summary>
internal sealed class SourceMetadata
{
    private const int KeepRounds = 10;

    // A sender may name families without end; more than any fleet has.
    private const int MaxSentFamilies = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], Entry> _families = new(Utf8Comparer.Instance);
    private readonly List<Entry> _inOrder = [];
    private int _expected;
    private int _round;

    private sealed class Entry(byte[] name, bool isText)
    {
        public readonly byte[] Raw = name;
        public readonly string Name = Encoding.UTF8.GetString(isText ? SeriesText.FamilyName(name) : name);
        public int Order;
        public MetricType Type;
        public byte[] Help = [];
        public byte[] Unit = [];
        public bool IsEscaped = true;
        public int Round;
    }

    /// <summary>A new parse begins.</summary>
    public void BeginRound()
    {
        lock (_lock)
        {
            _round++;
            _expected = 0;
        }
    }

    /// <summary>Takes the Help, Type or Unit event that the reader stands on.</summary>
    public void Take(ExpositionEvent found, in ExpositionReader reader)
    {
        lock (_lock)
        {
            var entry = Find(reader.Series, isText: true);
            entry.Round = _round;
            switch (found)
            {
                case ExpositionEvent.Type: entry.Type = reader.Type; break;
                case ExpositionEvent.Help: Replace(ref entry.Help, reader.Text); break;
                case ExpositionEvent.Unit: Replace(ref entry.Unit, reader.Text); break;
                case ExpositionEvent.End or ExpositionEvent.Sample or ExpositionEvent.Histogram or ExpositionEvent.Error: break;
            }
        }
    }

    /// <summary>Takes what a sender says about a family, texts as they are.</summary>
    public void Take(ReadOnlySpan<byte> family, MetricType type, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        if (family.IsEmpty) return;
        lock (_lock)
        {
            if (_families.Count >= MaxSentFamilies && !_families.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(family)) return;
            var entry = Find(family, isText: false);
            (entry.Round, entry.Type, entry.IsEscaped) = (_round, type, false);
            Replace(ref entry.Help, help);
            Replace(ref entry.Unit, unit);
        }
    }

    /// <summary>The parse was good: forgets what has not been seen for long.</summary>
    public void EndRound()
    {
        lock (_lock)
        {
            foreach (var (name, entry) in _families)
            {
                if (_round - entry.Round <= KeepRounds) continue;
                _families.Remove(name);
                _inOrder.Remove(entry);
                for (int i = entry.Order; i < _inOrder.Count; i++) _inOrder[i].Order = i;
            }
        }
    }

    /// <summary>Adds all families, or the named one.</summary>
    public void CopyTo(List<(string Family, MetricMetadata Metadata)> target, string? family = null)
    {
        lock (_lock)
        {
            foreach (var entry in _families.Values)
            {
                if (family is null || family == entry.Name) target.Add((entry.Name, ToMetadata(entry)));
            }
        }
    }

    private static MetricMetadata ToMetadata(Entry entry)
    {
        byte[] help = [.. entry.Help];
        int length = entry.IsEscaped ? SeriesText.Unescape(entry.Help, help) : help.Length;
        return new MetricMetadata(entry.Type.Name(), Encoding.UTF8.GetString(help, 0, length), Encoding.UTF8.GetString(entry.Unit));
    }

    // A target tells its families in the order of the last time, each with HELP and TYPE: most are found without hashing the name.
    private Entry Find(ReadOnlySpan<byte> family, bool isText)
    {
        if (_expected > 0 && family.SequenceEqual(_inOrder[_expected - 1].Raw)) return _inOrder[_expected - 1];
        if (_expected < _inOrder.Count && family.SequenceEqual(_inOrder[_expected].Raw)) return _inOrder[_expected++];
        var lookup = _families.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(family, out var entry))
        {
            _expected = entry.Order + 1;
            return entry;
        }
        byte[] name = family.ToArray();
        entry = new Entry(name, isText) { Order = _inOrder.Count };
        _inOrder.Add(entry);
        _expected = _inOrder.Count;
        return _families[name] = entry;
    }

    private static void Replace(ref byte[] text, ReadOnlySpan<byte> now)
    {
        if (!now.SequenceEqual(text)) text = now.ToArray();
    }
}
