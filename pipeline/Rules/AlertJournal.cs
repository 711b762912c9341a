using Streamline.Pipeline.Alerting;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>
/// The alert instances on disk, so that a restart (kill -9 too) keeps what fires and since when: each record is the whole state of one instance or its end.
/// </summary>
internal sealed class AlertJournal : IDisposable
{
    private readonly JournalFile _file;

    public AlertJournal(string folder)
    {
        Directory.CreateDirectory(folder);
        _file = new JournalFile(Path.Combine(folder, "state.journal"), "SLAL");
    }

    /// <summary>True when enough has been appended that <see cref="Rewrite"/> pays.</summary>
    public bool IsGrown => _file.IsGrown;

    /// <summary>Reads all live instances, by rule key, and a line for the log when something was damaged. <see cref="Rewrite"/> comes next.</summary>
    public (Dictionary<string, List<AlertInstance>> Alerts, string? Damage) Load()
    {
        var alive = new Dictionary<(string Rule, Labels Labels), AlertInstance>();
        string? damage = _file.Load(payload => TryRead(payload, alive));
        return (alive.GroupBy(a => a.Key.Rule).ToDictionary(g => g.Key, g => g.Select(a => a.Value).ToList()), damage);
    }

    /// <summary>Replaces the content by these instances.</summary>
    public void Rewrite(IEnumerable<(string Rule, AlertInstance Alert)> alerts)
    {
        _file.BeginRewrite();
        foreach (var (rule, alert) in alerts) Add(rule, alert);
        _file.EndRewrite();
    }

    /// <summary>Adds a transition to the next write.</summary>
    public void Add(string rule, AlertInstance alert)
    {
        var record = _file.BeginRecord();
        record.WriteText(rule);
        record.WriteBytes(alert.Labels.Encoded);
        record.WriteLong((long)alert.State);
        record.WriteLong(alert.ActiveAtMs);
        record.WriteLong(alert.FiredAtMs);
        record.WriteLong(alert.ResolvedAtMs);
        record.WriteLong(alert.KeepFiringSinceMs);
        record.WriteLong(BitConverter.DoubleToInt64Bits(alert.Value));
        record.WritePairs(alert.Annotations);
        _file.EndRecord();
    }

    /// <summary>Writes what was added with one write(2).</summary>
    public void Flush(bool sync) => _file.Flush(sync);

    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    private static bool TryRead(ReadOnlySpan<byte> payload, Dictionary<(string Rule, Labels Labels), AlertInstance> alive)
    {
        try
        {
            string rule = JournalFields.ReadText(ref payload);
            Labels labels = Labels.FromEncoded(JournalFields.ReadBytes(ref payload));
            var state = (AlertState)JournalFields.ReadLong(ref payload);
            var alert = new AlertInstance(labels, JournalFields.ReadLong(ref payload))
            {
                State = state,
                FiredAtMs = JournalFields.ReadLong(ref payload),
                ResolvedAtMs = JournalFields.ReadLong(ref payload),
                KeepFiringSinceMs = JournalFields.ReadLong(ref payload),
                Value = BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref payload)),
                Annotations = JournalFields.ReadPairs(ref payload),
            };
            if (state is AlertState.Pending or AlertState.Firing) alive[(rule, labels)] = alert;
            else alive.Remove((rule, labels));
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            return false;
        }
    }
}
