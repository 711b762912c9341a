using Streamline.Pipeline.Notify;

namespace Streamline.Pipeline.Alerting;

/// <summary>
/// What was last told to each integration of each group, so that nothing is told twice, over restarts too. Dispatcher thread only; on disk as a journal under
/// <c>&lt;data&gt;/streamline/alerts/</c>.
/// </summary>
internal sealed class NotificationLog : IDisposable
{
    private const long RetentionMs = 120L * 3_600_000; // --data.retention of Alertmanager
    private readonly JournalFile? _file;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Opens the journal in a folder; null keeps the log in memory only.</summary>
    public NotificationLog(string? folder, long nowMs)
    {
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        _file = new JournalFile(Path.Combine(folder, "notified.journal"), "SLNF");
        Damage = _file.Load(TryRead);
        Compact(nowMs);
    }

    /// <summary>What was wrong with the journal at start, or null.</summary>
    public string? Damage { get; }

    public int Count => _entries.Count;

    private sealed record Entry(long TimestampMs, long ExpiresAtMs, HashSet<ulong> Firing, HashSet<ulong> Resolved);

    /// <summary>Whether an integration must be told, and why (Alertmanager's deduplication).</summary>
    public NotificationReason Decide(string key, IReadOnlyList<AlertUpdate> alerts, bool sendResolved, long repeatIntervalMs, long nowMs)
    {
        var (firing, resolved) = Hashes(alerts, nowMs);
        if (!_entries.TryGetValue(key, out Entry? entry) || entry.ExpiresAtMs <= nowMs) return firing.Count == 0 ? NotificationReason.None : NotificationReason.First;
        if (!firing.IsSubsetOf(entry.Firing)) return NotificationReason.NewAlerts;
        if (firing.Count == 0) return entry.Firing.Count > 0 ? NotificationReason.AllResolved : NotificationReason.None;
        if (sendResolved && !resolved.IsSubsetOf(entry.Resolved)) return NotificationReason.SomeResolved;
        return entry.TimestampMs < nowMs - repeatIntervalMs ? NotificationReason.Repeat : NotificationReason.None;
    }

    /// <summary>Remembers a notification that went well.</summary>
    /// <exception cref="IOException">The journal cannot be written; in memory it is remembered all the same.</exception>
    public void Record(string key, IReadOnlyList<AlertUpdate> alerts, long repeatIntervalMs, long nowMs)
    {
        var (firing, resolved) = Hashes(alerts, nowMs);
        var entry = new Entry(nowMs, nowMs + Math.Min(RetentionMs, 2 * repeatIntervalMs), firing, resolved);
        _entries[key] = entry;
        if (_file is null) return;
        Write(key, entry);
        if (_file.IsGrown) Compact(nowMs);
        else _file.Flush();
    }

    /// <summary>Forgets what has expired.</summary>
    public void Expire(long nowMs)
    {
        foreach (var (key, entry) in _entries)
        {
            if (entry.ExpiresAtMs <= nowMs) _entries.Remove(key);
        }
    }

    public void Dispose() => _file?.Dispose();

    private static (HashSet<ulong> Firing, HashSet<ulong> Resolved) Hashes(IReadOnlyList<AlertUpdate> alerts, long nowMs)
    {
        var (firing, resolved) = (new HashSet<ulong>(), new HashSet<ulong>());
        foreach (AlertUpdate alert in alerts) (alert.IsResolvedAt(nowMs) ? resolved : firing).Add(alert.Labels.Hash);
        return (firing, resolved);
    }

    private void Compact(long nowMs)
    {
        Expire(nowMs);
        _file!.BeginRewrite();
        foreach (var (key, entry) in _entries) Write(key, entry);
        _file.EndRewrite();
    }

    private void Write(string key, Entry entry)
    {
        var record = _file!.BeginRecord();
        record.WriteText(key);
        record.WriteLong(entry.TimestampMs);
        record.WriteLong(entry.ExpiresAtMs);
        foreach (var hashes in (ReadOnlySpan<HashSet<ulong>>)[entry.Firing, entry.Resolved])
        {
            record.WriteLong(hashes.Count);
            foreach (ulong hash in hashes) record.WriteLong((long)hash);
        }
        _file.EndRecord();
    }

    private bool TryRead(ReadOnlySpan<byte> payload)
    {
        try
        {
            string key = JournalFields.ReadText(ref payload);
            long timestamp = JournalFields.ReadLong(ref payload), expires = JournalFields.ReadLong(ref payload);
            _entries[key] = new Entry(timestamp, expires, ReadHashes(ref payload), ReadHashes(ref payload));
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static HashSet<ulong> ReadHashes(ref ReadOnlySpan<byte> payload)
    {
        int count = JournalFields.ReadCount(ref payload, itemBytes: 8);
        var hashes = new HashSet<ulong>(count);
        for (int i = 0; i < count; i++) hashes.Add((ulong)JournalFields.ReadLong(ref payload));
        return hashes;
    }
}
