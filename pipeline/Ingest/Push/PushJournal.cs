using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// The groups on disk, so that a restart keeps what was pushed: each record is the whole state of one group, or its end. Native histograms are not kept; their
/// series go on with the next push.
/// </summary>
internal sealed class PushJournal : IDisposable
{
    // A group is one record: as many series as a push may have, with long labels.
    private const int MaxRecordBytes = 512 << 20;

    private readonly JournalFile _file;

    public PushJournal(string folder)
    {
        Directory.CreateDirectory(folder);
        _file = new JournalFile(Path.Combine(folder, "groups.journal"), "SLPG", MaxRecordBytes);
    }

    /// <summary>Reads the live groups, and a line for the log when something was damaged; a rewrite comes next.</summary>
    public (IReadOnlyList<PushGroup> Groups, string? Damage) Load()
    {
        var groups = new Dictionary<string, PushGroup>();
        string? damage = _file.Load(payload => TryRead(payload, groups));
        return ([.. groups.Values], damage);
    }

    /// <summary>Replaces the content by these groups.</summary>
    public void Rewrite(IEnumerable<PushGroup> groups)
    {
        _file.BeginRewrite();
        foreach (var group in groups) Add(group);
        _file.EndRewrite();
    }

    /// <summary>True when enough has been appended that <see cref="Rewrite"/> pays.</summary>
    public bool IsGrown => _file.IsGrown;

    /// <summary>Adds a group's state to the next write.</summary>
    public void Add(PushGroup group)
    {
        var record = _file.BeginRecord();
        record.WritePairs(group.Labels);
        record.WriteLong(1);
        record.WriteLong(group.TouchedAtMs);
        record.WriteLong(group.Ttl.Ticks);
        record.WriteLong(BitConverter.DoubleToInt64Bits(group.PushTime.Value));
        record.WriteLong(BitConverter.DoubleToInt64Bits(group.FailureTime.Value));
        record.WriteLong(group.PushIds.Count);
        foreach (string id in group.PushIds) record.WriteText(id);
        record.WriteLong(group.Families.Count);
        foreach (var family in group.Families.Values)
        {
            record.WriteText(family.Name);
            record.WriteLong((long)family.Type);
            record.WriteText(family.Help);
            record.WriteLong(family.PushedAtMs);
            var kept = family.Series.Where(s => s.Histogram is null).ToList();
            record.WriteLong(kept.Count);
            foreach (var series in kept)
            {
                record.WriteBytes(series.Labels.Encoded);
                record.WriteLong(BitConverter.DoubleToInt64Bits(series.Value));
            }
        }
        _file.EndRecord();
    }

    /// <summary>Adds the end of a group to the next write.</summary>
    public void AddEnd(PushGroup group)
    {
        var record = _file.BeginRecord();
        record.WritePairs(group.Labels);
        record.WriteLong(0);
        _file.EndRecord();
    }

    /// <summary>Writes what was added with one write(2).</summary>
    public void Flush() => _file.Flush();

    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    private static bool TryRead(ReadOnlySpan<byte> payload, Dictionary<string, PushGroup> groups)
    {
        try
        {
            var labels = JournalFields.ReadPairs(ref payload);
            string key = PushGroups.KeyOf(labels);
            if (JournalFields.ReadLong(ref payload) == 0) groups.Remove(key);
            else groups[key] = ReadGroup(labels, ref payload);
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static PushGroup ReadGroup(KeyValuePair<string, string>[] labels, ref ReadOnlySpan<byte> payload)
    {
        var group = new PushGroup(labels) { TouchedAtMs = JournalFields.ReadLong(ref payload), Ttl = new TimeSpan(JournalFields.ReadLong(ref payload)) };
        group.PushTime.Value = BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref payload));
        group.FailureTime.Value = BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref payload));
        for (int ids = JournalFields.ReadCount(ref payload, itemBytes: 4); ids > 0; ids--) group.Remember(JournalFields.ReadText(ref payload));
        for (int families = JournalFields.ReadCount(ref payload, itemBytes: 32); families > 0; families--)
        {
            var family = new PushedFamily(JournalFields.ReadText(ref payload))
            {
                Type = (MetricType)JournalFields.ReadLong(ref payload),
                Help = JournalFields.ReadText(ref payload),
                PushedAtMs = JournalFields.ReadLong(ref payload),
            };
            for (int series = JournalFields.ReadCount(ref payload, itemBytes: 12); series > 0; series--)
                family.Series.Add(new PushedSeries(Labels.FromEncoded(JournalFields.ReadBytes(ref payload)), BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref payload))));
            group.Families[family.Name] = family;
        }
        return group;
    }
}
