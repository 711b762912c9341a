using System.Text;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// All pushed groups of the process with their journal. They belong to the host, not to a source: a reload that changes the source keeps them. Everything
/// under <see cref="Gate"/>.
/// </summary>
internal sealed partial class PushGroups : IDisposable
{
    private readonly Dictionary<string, PushGroup> _groups = [];
    private readonly PushConsistency _all = new();
    private readonly PushJournal _journal;
    private readonly MetadataCatalogue _catalogue;
    private readonly ILogger _logger;

    public PushGroups(string folder, MetadataCatalogue catalogue, ILogger logger)
    {
        (_catalogue, _logger) = (catalogue, logger);
        _journal = new PushJournal(folder);
        var (groups, damage) = _journal.Load();
        if (damage is not null) LogDamage(damage);
        foreach (var group in groups)
        {
            _groups[KeyOf(group.Labels)] = group;
            foreach (var family in group.Families.Values) _all.Add(group, family);
            Describe(group);
        }
        _journal.Rewrite(_groups.Values);
    }

    /// <summary>Held while groups are read or changed, and until the batch that shows the change is on its way.</summary>
    public Lock Gate { get; } = new();

    public IReadOnlyCollection<PushGroup> All => _groups.Values;

    public PushGroup? Find(IReadOnlyList<KeyValuePair<string, string>> labels) => _groups.GetValueOrDefault(KeyOf(labels));

    /// <summary>The group, to be changed; made when there is none.</summary>
    public PushGroup GetOrAdd(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        string key = KeyOf(labels);
        bool isNew = !_groups.TryGetValue(key, out var group);
        if (isNew) _groups[key] = group = new PushGroup(labels);
        Keep(group!, isNew);
        return group!;
    }

    /// <summary>
    /// Puts families into a group, in the place of all that it has or of those that they replace, after a look at what all groups hold. Gives the series that are in
    /// the group no more; the others go on with their routes.
    /// </summary>
    /// <exception cref="PushRefusedException">They clash; nothing is changed.</exception>
    public IReadOnlyCollection<PushedSeries> Replace(PushGroup group, bool all, IReadOnlyDictionary<string, PushedFamily> families)
    {
        IReadOnlyList<string> replaced = all ? [.. group.Families.Keys] : [.. families.Keys.Where(group.Families.ContainsKey), .. _all.OtherNames(group, families)];
        foreach (string name in replaced) _all.Remove(group, group.Families[name]);
        try
        {
            _all.Check(group, families);
        }
        catch (PushRefusedException)
        {
            foreach (string name in replaced) _all.Add(group, group.Families[name]);
            throw;
        }
        var gone = replaced.SelectMany(name => group.Families[name].Series).ToDictionary(s => s.Labels);
        foreach (string name in replaced) group.Families.Remove(name);
        foreach (var family in families.Values)
        {
            group.Families[family.Name] = family;
            _all.Add(group, family);
            foreach (var series in family.Series)
            {
                if (gone.Remove(series.Labels, out var before)) series.Follow(before);
            }
        }
        return gone.Values;
    }

    /// <summary>Shows what was said about the families that the group holds, by whichever push brought each.</summary>
    public void Describe(PushGroup group)
    {
        if (group.Metadata is { } old) _catalogue.Remove(old);
        group.Metadata = MetadataOf(group);
        _catalogue.Add(group.Metadata);
    }

    public void Remove(PushGroup group)
    {
        if (!_groups.Remove(KeyOf(group.Labels))) return;
        Keep(group);
        foreach (var family in group.Families.Values) _all.Remove(group, family);
        if (group.Metadata is { } metadata) _catalogue.Remove(metadata);
        _journal.AddEnd(group);
        _isNoted = true;
    }

    /// <summary>Adds the group's state to the journal's next write.</summary>
    public void Note(PushGroup group)
    {
        _journal.Add(group);
        _isNoted = true;
    }

    /// <summary>Writes what was noted; false when the disk refuses, which is told in the log: the next write tries again.</summary>
    public bool TryFlush(bool sync = false)
    {
        try
        {
            if (_journal.IsGrown) _journal.Rewrite(_groups.Values);
            else _journal.Flush();
            if (sync) _journal.Sync();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogJournalFailed(error);
            return false;
        }
    }

    public void Dispose()
    {
        TryFlush(sync: true);
        _journal.Dispose();
    }

    /// <summary>The same for equal labels in any order. Lengths keep a value that looks like another label from being taken for one.</summary>
    public static string KeyOf(IReadOnlyList<KeyValuePair<string, string>> labels) =>
        string.Concat(labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value.Length}:{l.Value}"));

    private static SourceMetadata MetadataOf(PushGroup group)
    {
        var metadata = new SourceMetadata();
        foreach (var family in group.Families.Values)
        {
            if (family.Type != MetricType.Unknown || family.Help.Length > 0 || family.Unit.Length > 0)
                metadata.Take(Encoding.UTF8.GetBytes(family.Name), family.Type, Encoding.UTF8.GetBytes(family.Help), Encoding.UTF8.GetBytes(family.Unit));
        }
        return metadata;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "pushed groups: {Damage}")]
    private partial void LogDamage(string damage);

    [LoggerMessage(Level = LogLevel.Error, Message = "the journal of pushed groups cannot be written")]
    private partial void LogJournalFailed(Exception error);
}
