using Streamline.Pipeline.Alerting;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>Plays the records of an aggregate stage's journal into an empty state. Nothing it reads is trusted: a record without sense ends the reading.</summary>
internal sealed class AggregateJournalReader(AggregateState state, AggregateNaming naming, int outputs)
{
    private readonly Dictionary<int, Labels> _series = [];
    private bool _isFirst = true;

    /// <summary>The journal is of a stage with another configuration; nothing of it was taken.</summary>
    public bool IsOther { get; private set; }

    /// <summary>Takes one record; false when it makes no sense.</summary>
    public bool Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (_isFirst) IsOther = payload.IsEmpty || payload[0] != AggregateRecords.Stage;
            return IsOther || (payload.Length > 0 && TryRead(payload[0], payload[1..]));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            return false;
        }
        finally
        {
            _isFirst = false;
        }
    }

    /// <summary>After the last record: which member is of which series. Of two of one series the newer stays.</summary>
    public void Finish(Dictionary<Labels, int> restored)
    {
        foreach (var (index, series) in _series)
        {
            if (restored.TryGetValue(series, out int other))
            {
                int older = state.Members[other].LastMs < state.Members[index].LastMs ? other : index;
                state.Remove(older);
                if (older == index) continue;
            }
            restored[series] = index;
        }
        state.FindFree();
    }

    private bool TryRead(byte kind, ReadOnlySpan<byte> rest)
    {
        switch (kind)
        {
            case AggregateRecords.Stage:
                IsOther = JournalFields.ReadText(ref rest) != naming.Identity;
                return true;
            case AggregateRecords.Windows:
                (state.First, state.NewestMs) = (JournalFields.ReadLong(ref rest), JournalFields.ReadLong(ref rest));
                return true;
            case AggregateRecords.Group:
                if (state.Groups.Count == AggregateState.MaxGroups) return false;
                AggregateRecords.ReadGroup(state, ref rest);
                return true;
            case AggregateRecords.Member:
                return Put(ref rest) >= 0;
            case AggregateRecords.Kept:
                return Keep(ref rest);
            case AggregateRecords.Removed:
                return Remove(JournalFields.ReadLong(ref rest));
            case AggregateRecords.Samples:
                return Take(rest);
            case AggregateRecords.Stored:
                long endMs = JournalFields.ReadLong(ref rest);
                state.Due.RemoveAll(v => v.EndMs <= endMs);
                return true;
            case AggregateRecords.Owed:
                state.Due.Add(AggregateRecords.ReadOwed(ref rest, outputs));
                return true;
            default:
                return false;
        }
    }

    private int Put(ref ReadOnlySpan<byte> rest)
    {
        long index = JournalFields.ReadLong(ref rest);
        if (index is < 0 or >= AggregateState.MaxMembers) return -1;
        var series = Labels.FromEncoded(JournalFields.ReadBytes(ref rest));
        state.Put((int)index, naming.KeyOf(series), default);
        _series[(int)index] = series;
        return (int)index;
    }

    private bool Keep(ref ReadOnlySpan<byte> rest)
    {
        int index = Put(ref rest);
        if (index < 0) return false;
        var member = state.Members[index];
        AggregateRecords.ReadMember(ref member, ref rest);
        state.Restore(index, member);
        return true;
    }

    private bool Remove(long index)
    {
        if (index is < 0 or >= AggregateState.MaxMembers) return false;
        if (_series.Remove((int)index)) state.Remove((int)index);
        return true;
    }

    private bool Take(ReadOnlySpan<byte> rest)
    {
        long aheadMs = JournalFields.ReadLong(ref rest);
        while (rest.Length >= AggregateRecords.SampleBytes)
        {
            var (member, timestampMs, value) = AggregateRecords.ReadSample(ref rest);
            if (!state.Has(member)) return false;
            state.Take(member, timestampMs, value, aheadMs);
        }
        return rest.IsEmpty;
    }
}
