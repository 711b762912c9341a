namespace Streamline.Storage.Head;

/// <summary>Filling the head from a log, before anybody else knows it.</summary>
internal sealed partial class HeadStore
{
    /// <summary>The slot of a series that the log names; one label set may come under several references, the first is kept.</summary>
    public int ReplaySeries(ulong reference, Labels labels)
    {
        Series.SkipRef(reference);
        int slot = Series.GetOrAdd(labels, reference, out _, out _).Slot;
        Attach(slot, reference);
        return slot;
    }

    /// <summary>Adds a sample unless it belongs to a block or is not newer than the series' last: a log of Prometheus holds out-of-order ones too.</summary>
    public bool ReplaySample(int slot, long timestampMs, ulong bits)
    {
        ref var line = ref Series.Lines.At(slot);
        if (timestampMs < _minValidTime || timestampMs <= line.State.Timestamp)
        {
            // The newest sample of a chunk that came from a file: its value is needed to tell a duplicate.
            if (timestampMs == line.State.Timestamp && line.State.Count == 0) line.State.ValueBits = bits;
            return false;
        }
        Append(slot, ref line, timestampMs, BitConverter.UInt64BitsToDouble(bits));
        _minTime = Math.Min(_minTime, timestampMs);
        _maxTime = Math.Max(_maxTime, timestampMs);
        return true;
    }

    /// <summary>Ends the replay: memory of outgrown chunks is free, and series without samples go with the next truncation.</summary>
    public void EndReplay()
    {
        lock (_commitLock)
        {
            FreeUnclaimed();
            _epochs.Advance(_arena, _releaseSlot);
            for (int slot = 0; slot < Series.SlotCount; slot++) Series.Lines.At(slot).Touched = 0;
        }
    }

    /// <summary>Frees memory between two records of a long replay.</summary>
    public void ReclaimDuringReplay()
    {
        MapOutWhenDue();
        _epochs.Advance(_arena, _releaseSlot);
    }
}
