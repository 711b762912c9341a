using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streamline.Storage.Memory;
using Streamline.Storage.OutOfOrder;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>Samples that are older than their series' newest one: taken beside the head within the window, else refused.</summary>
internal sealed partial class HeadStore
{
    // All below: guarded by _commitLock, but for the window.
    private readonly List<LateSample> _late = [];
    private readonly RecordBuffer _lateRecord = new();
    private readonly HistogramRecords _lateHistogramRecords = new();
    private WalWriter? _wbl;
    private long _newestAtStart;
    private long _outOfOrderWindowMs;

    private readonly record struct LateSample(int Index, SeriesHandle Series, OutOfOrderSample Sample);

    public OutOfOrderHead OutOfOrder { get; } = new();

    /// <summary>How far behind the head's newest sample one may be and still be taken out of order; 0 for not at all. Any thread; the next commit goes by it.</summary>
    public long OutOfOrderWindowMs
    {
        get => Interlocked.Read(ref _outOfOrderWindowMs);
        set => Interlocked.Exchange(ref _outOfOrderWindowMs, Math.Max(0, value));
    }

    /// <summary>Opens the log of out-of-order samples (the WBL), at the first one of them; null in a read-only head.</summary>
    public Func<WalWriter>? OpenWbl { get; set; }

    /// <summary>That log once it is open. Any thread.</summary>
    public WalWriter? Wbl => Volatile.Read(ref _wbl);

    /// <summary>Decides about a sample that its series' chunks cannot take (memSeries.appendable in tsdb/head_append.go); true when it is taken out of order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool StageLate(SampleBatch batch, int index, bool belowFloor, ref SeriesLine line, ulong bits, ref CommitResult result)
    {
        if (belowFloor || batch.Timestamps[index] != line.State.Timestamp) return StageInWindow(batch, index, belowFloor, null, ref result);
        if (bits == line.State.ValueBits) result.Accepted++;
        else Refuse(batch, index, RejectReason.Duplicate, ref result);
        return false;
    }

    /// <summary>Takes a sample out of order if the window allows it; one that is there already counts as taken.</summary>
    private bool StageInWindow(SampleBatch batch, int index, bool belowFloor, NativeHistogram? histogram, ref CommitResult result)
    {
        long timestamp = batch.Timestamps[index], window = OutOfOrderWindowMs;
        if (timestamp < _newestAtStart) Counters.LateBy(_newestAtStart - timestamp);
        if (window == 0) Refuse(batch, index, belowFloor ? RejectReason.OutOfBounds : RejectReason.OutOfOrder, ref result);
        else if (timestamp < OldestInWindow(window)) Refuse(batch, index, RejectReason.TooOld, ref result);
        else if (batch.RefusesLate(BitConverter.DoubleToUInt64Bits(batch.Values[index]))) Refuse(batch, index, RejectReason.OutOfOrder, ref result);
        else if (OutOfOrder.Holds(batch.Handles[index].Ref, timestamp))
        {
            result.Accepted++;
            if (histogram is not null) result.AcceptedHistograms++;
        }
        else
        {
            _late.Add(new LateSample(index, batch.Handles[index], new OutOfOrderSample(timestamp, batch.Values[index], histogram)));
            return true;
        }
        return false;
    }

    private long OldestInWindow(long window)
    {
        long oldest = _newestAtStart - window;
        return oldest <= _newestAtStart ? oldest : long.MinValue;
    }

    /// <summary>
    /// Writes the late samples into their own log, after the write-ahead log has the whole batch. Where that fails they alone are refused: a replay of
    /// the write-ahead log passes over samples that are out of order.
    /// </summary>
    private void LogLate(SampleBatch batch, int staged, ref CommitResult result)
    {
        if (_late.Count == 0 || TryLogLate(staged, out string error)) return;
        result.Reject(RejectReason.Storage, _late.Count);
        result.FirstError = Describe(batch, _late[0].Index, RejectReason.Storage, error);
        _late.Clear();
    }

    private bool TryLogLate(int staged, out string error)
    {
        try
        {
            return TryLogLate(out error);
        }
        catch
        {
            // As in TryLogStaged: our bug.
            Undo(staged);
            throw;
        }
    }

    private bool TryLogLate(out string error)
    {
        if (_wbl is null) Volatile.Write(ref _wbl, OpenWbl!());
        _lateRecord.BeginSamples(_late.Count);
        _lateHistogramRecords.Begin();
        foreach (ref readonly var late in CollectionsMarshal.AsSpan(_late))
        {
            if (late.Sample.Histogram is { } histogram) _lateHistogramRecords.Add(late.Series.Ref, late.Sample.TimestampMs, histogram);
            else _lateRecord.AddSample(late.Series.Ref, late.Sample.TimestampMs, BitConverter.DoubleToUInt64Bits(late.Sample.Value));
        }
        _wbl.Begin();
        if (!_lateRecord.IsEmpty) _wbl.Add(_lateRecord.Record);
        _lateHistogramRecords.Write(_wbl);
        return _wbl.TryWrite(out error);
    }

    /// <summary>Adds the late samples; under the apply lock.</summary>
    private void ApplyLate(ref CommitResult result)
    {
        int floats = 0, histograms = 0;
        foreach (ref readonly var late in CollectionsMarshal.AsSpan(_late))
        {
            bool isHistogram = late.Sample.Histogram is not null;
            if (isHistogram) result.AcceptedHistograms++;
            if (!OutOfOrder.TryInsert(late.Series.Ref, late.Series.Slot, late.Sample)) continue;
            if (isHistogram) histograms++;
            else floats++;
        }
        result.Accepted += _late.Count;
        Counters.SamplesAppended.Add(floats);
        Counters.HistogramsAppended.Add(histograms);
        Counters.OutOfOrderAppended.Add(floats);
        Counters.OutOfOrderHistogramsAppended.Add(histograms);
    }

    /// <summary>Adds a sample of the out-of-order log at start; false when it is there already.</summary>
    public bool ReplayLate(int slot, in OutOfOrderSample sample) => OutOfOrder.TryInsert(Series.Lines.At(slot).Ref, slot, sample);

    /// <summary>
    /// Begins a compaction: everything out of order up to now, and the segment of the log from which on nothing of it is named. Samples that come meanwhile
    /// are kept apart.
    /// </summary>
    public List<OutOfOrderCapture> FreezeOutOfOrder(out int segment)
    {
        lock (_commitLock)
        {
            if (_wbl is null) Volatile.Write(ref _wbl, OpenWbl!());
            _wbl.Rotate();
            segment = _wbl.Segment;
            lock (_applyLock) return OutOfOrder.Freeze(Series);
        }
    }

    /// <summary>What has come out of order up to now.</summary>
    public List<OutOfOrderCapture> CaptureOutOfOrder()
    {
        lock (_applyLock) return OutOfOrder.Capture(Series);
    }

    /// <summary>Ends it: blocks have what was frozen, and readers see them.</summary>
    public void DropOutOfOrder(List<OutOfOrderCapture> frozen)
    {
        lock (_commitLock)
        {
            lock (_applyLock) OutOfOrder.Drop(frozen, chunk => _chunkFiles?.Unpin(chunk));
        }
    }

    private OutOfOrderSeriesSet OutOfOrderSet(List<OutOfOrderCapture> captured, TimeRange range)
    {
        captured.RemoveAll(c => !c.Overlaps(range));
        captured.Sort();
        // Registered as a reader of its own, since it may outlive the head's set.
        long epoch = _epochs.Enter();
        return new OutOfOrderSeriesSet(captured, range, Tombstones.IsEmpty ? null : Tombstones, _chunkFiles, () => _epochs.Leave(epoch));
    }
}
