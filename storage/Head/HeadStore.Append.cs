using System.Diagnostics;
using System.Runtime.CompilerServices;
using Streamline.Storage.Encoding;
using Streamline.Storage.Memory;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>Commits. Hot path: a sample of a known series allocates nothing; its line is touched twice, the second time from cache.</summary>
internal sealed partial class HeadStore
{
    /// <summary>Lines are asked for this many samples ahead; a scrape's lines lie apart.</summary>
    private const int PrefetchAhead = 8;

    // All below: guarded by _commitLock.
    private readonly List<SeriesHandle> _unlogged = [];
    private readonly RecordBuffer _samplesRecord = new();
    private readonly RecordBuffer _seriesRecord = new();
    private StagedSample[] _staged = new StagedSample[1024];

    /// <summary>1 checks and stages, 2 writes the WAL, 3 applies; a failed write undoes the staging and refuses the batch.</summary>
    public CommitResult Commit(SampleBatch batch)
    {
        var result = batch.Dropped;
        lock (_commitLock)
        {
            int staged = batch.HasHistograms ? StageMixed(batch, ref result) : Stage(batch, ref result);
            StageExemplars(batch, ref result);
            StageMetadata(batch);
            if (staged + _late.Count + _stagedExemplars.Count + _stagedMetadata.Count == 0) return result;
            if (!TryLogStaged(staged, out string error))
            {
                Undo(staged);
                RefuseAll(batch, staged + _late.Count, error, ref result);
                return result;
            }
            LogLate(batch, staged, ref result);
            KeepExemplars(ref result);
            KeepMetadata();
            int histograms = Apply(staged, batch.HasHistograms, ref result);
            MapOutWhenDue();
            if (_late.Count > 0) MapOutLate();
            result.Accepted += staged;
            result.AcceptedHistograms += histograms;
        }
        return result;
    }

    /// <summary>As <see cref="Stage"/> will see it, unless another thread commits in between.</summary>
    public bool TakesAsNewest(SeriesHandle handle, long timestamp)
    {
        if (!Series.Lines.IsLive(handle) || timestamp <= Series.Lines.At(handle.Slot).State.Timestamp) return false;
        long newest = Interlocked.Read(ref _maxTime);
        return timestamp >= Math.Max(MinValidTime, newest == long.MinValue ? timestamp : newest - _rangeMs / 2);
    }

    /// <summary>Flushes the WAL and closes it; later commits are refused. The action then finds a head that does not change any more.</summary>
    public void Close(Action? closed = null)
    {
        lock (_commitLock)
        {
            _mapOutPaused = false;
            MapOut();
            Wal?.Dispose();
            _wbl?.Dispose();
            closed?.Invoke();
            // With readers left the files stay open until the collector finds them.
            if (_epochs.Readers == 0) ChunkFiles?.Dispose();
        }
    }

    /// <summary>Ends as a killed process does. For tests.</summary>
    internal void Abandon()
    {
        Wal?.Abandon();
        _wbl?.Abandon();
        if (_epochs.Readers == 0) ChunkFiles?.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Stage(SampleBatch batch, ref CommitResult result)
    {
        var handles = batch.Handles;
        var timestamps = batch.Timestamps;
        var values = batch.Values;
        if (_staged.Length < handles.Length) _staged = new StagedSample[Math.Max(handles.Length, _staged.Length * 2)];
        long floor = timestamps.IsEmpty ? 0 : LowestAccepted(timestamps[0]);
        var lines = Series.Lines;
        int staged = 0;
        _late.Clear();
        _samplesRecord.BeginSamples(handles.Length);
        for (int i = 0; i < handles.Length; i++)
        {
            if (i + PrefetchAhead < handles.Length) lines.Prefetch(handles[i + PrefetchAhead].Slot);
            var handle = handles[i];
            long timestamp = timestamps[i];
            ulong bits = BitConverter.DoubleToUInt64Bits(values[i]);
            if (!lines.IsLive(handle))
            {
                Refuse(batch, i, RejectReason.StaleHandle, ref result);
                continue;
            }
            ref var line = ref lines.At(handle.Slot);
            if (timestamp < floor || timestamp <= line.State.Timestamp)
            {
                if (StageLate(batch, i, timestamp < floor, ref line, bits, ref result)) _samplesRecord.AddSample(handle.Ref, timestamp, bits);
                continue;
            }
            _staged[staged++] = new StagedSample(handle.Slot, timestamp, bits, line.State.Timestamp, line.State.ValueBits);
            // Later samples of the batch are checked against this one. Readers take neither field for more than a bound.
            line.State.Timestamp = timestamp;
            line.State.ValueBits = bits;
            _samplesRecord.AddSample(handle.Ref, timestamp, bits);
        }
        return staged;
    }

    private long LowestAccepted(long first)
    {
        _newestAtStart = _maxTime == long.MinValue ? first : _maxTime;
        return Math.Max(_minValidTime, _newestAtStart - _rangeMs / 2);
    }

    private void Refuse(SampleBatch batch, int index, RejectReason reason, ref CommitResult result, string? message = null)
    {
        result.Reject(reason);
        bool isFloat = !batch.HasHistograms || batch.Histograms[index] is null;
        if (reason == RejectReason.OutOfBounds) (isFloat ? Counters.OutOfBounds : Counters.OutOfBoundHistograms).Add(1);
        else if (reason == RejectReason.OutOfOrder) (isFloat ? Counters.OutOfOrder : Counters.OutOfOrderHistograms).Add(1);
        else if (reason == RejectReason.TooOld) (isFloat ? Counters.TooOld : Counters.TooOldHistograms).Add(1);
        else if (reason == RejectReason.StaleHandle) Counters.StaleHandles.Add(1);
        result.FirstError ??= Describe(batch, index, reason, message);
    }

    private RejectedSample Describe(SampleBatch batch, int index, RejectReason reason, string? message)
    {
        var handle = batch.Handles[index];
        byte[]? labels = Series.Lines.IsLive(handle) ? Series.LabelsAt(handle.Slot) : null;
        message ??= reason switch
        {
            RejectReason.OutOfOrder => "out of order sample",
            RejectReason.Duplicate => "duplicate sample for timestamp",
            RejectReason.OutOfBounds => "out of bounds",
            RejectReason.StaleHandle => "series has left the head",
            RejectReason.TooOld => "too old sample",
            RejectReason.Limit or RejectReason.Dropped or RejectReason.Storage or RejectReason.Invalid => throw new UnreachableException(),
        };
        return new RejectedSample(reason, labels is null ? Labels.Empty : new Labels(labels), batch.Timestamps[index], batch.Values[index], message);
    }

    private void RefuseAll(SampleBatch batch, int staged, string error, ref CommitResult result)
    {
        result.Reject(RejectReason.Storage, staged);
        result.FirstError = Describe(batch, 0, RejectReason.Storage, error);
    }

    private bool TryLogStaged(int staged, out string error)
    {
        try
        {
            return TryLog(out error);
        }
        catch
        {
            // Our bug, but not one that may leave lines behind that claim what the head does not have.
            Undo(staged);
            throw;
        }
    }

    /// <summary>Series records precede the samples that name them, in the same write.</summary>
    private bool TryLog(out string error)
    {
        while (_created.TryDequeue(out var handle)) _unlogged.Add(handle);
        if (Wal is not { } wal)
        {
            error = "the database is closed or read only";
            return false;
        }
        wal.Begin();
        if (_unlogged.Count > 0)
        {
            EncodeNewSeries();
            wal.Add(_seriesRecord.Record);
        }
        LogMetadata(wal);
        AddSamples(wal);
        LogExemplars(wal);
        if (!wal.TryWrite(out error)) return false;
        _unlogged.Clear();
        return true;
    }

    private void EncodeNewSeries()
    {
        _seriesRecord.BeginSeries();
        foreach (var handle in _unlogged)
        {
            if (Series.Lines.IsLive(handle)) _seriesRecord.AddSeries(handle.Ref, Series.LabelsAt(handle.Slot));
        }
    }

    private void Undo(int staged)
    {
        for (int i = staged - 1; i >= 0; i--)
        {
            ref readonly var sample = ref _staged[i];
            ref var line = ref Series.Lines.At(sample.Slot);
            line.State.Timestamp = sample.LastTimestampMs;
            line.State.ValueBits = sample.LastBits;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Apply(int staged, bool isMixed, ref CommitResult result)
    {
        int histograms = 0;
        long oldest = long.MaxValue, newest = long.MinValue;
        lock (_applyLock)
        {
            uint commit = (uint)_epochs.Current;
            for (int i = 0; i < staged; i++)
            {
                if (i + PrefetchAhead < staged) Series.Lines.PrefetchChunk(_staged[i + PrefetchAhead].Slot);
                ref readonly var sample = ref _staged[i];
                ref var line = ref Series.Lines.At(sample.Slot);
                line.State.Timestamp = sample.LastTimestampMs;
                line.State.ValueBits = sample.LastBits;
                line.CommitId = commit;
                if (isMixed && _stagedHistograms[i] is { } histogram) histograms += AppendHistogram(sample.Slot, ref line, sample.TimestampMs, histogram);
                else histograms += Append(sample.Slot, ref line, sample.TimestampMs, BitConverter.UInt64BitsToDouble(sample.Bits));
                oldest = Math.Min(oldest, sample.TimestampMs);
                newest = Math.Max(newest, sample.TimestampMs);
            }
            if (_late.Count > 0) ApplyLate(ref result);
            _minTime = Math.Min(_minTime, oldest);
            _maxTime = Math.Max(_maxTime, newest);
            _epochs.Advance(_arena, _releaseSlot);
        }
        Counters.SamplesAppended.Add(staged - histograms);
        Counters.HistogramsAppended.Add(histograms);
        return histograms;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Append(int slot, ref SeriesLine line, long timestamp, double value)
    {
        if (line.Chunk == 0 || timestamp >= Cut(ref line))
        {
            if (_histograms.Count > 0 && TryEndHistograms(slot, ref line, timestamp, value)) return 1;
            StartChunk(slot, ref line, timestamp);
        }
        while (!XorChunk.TryAppend(ChunkBlock.Room(line.Chunk), ref line.State, timestamp, value)) Grow(slot, ref line, timestamp);
        return 0;
    }

    /// <summary>The time from which a sample starts a new chunk.</summary>
    private static long Cut(ref SeriesLine line)
    {
        int count = line.State.Count;
        if (count == ChunkCutting.PredictAt && line.NextCut != NeverFloats)
            line.NextCut = ChunkCutting.PredictEnd(ChunkBlock.Header(line.Chunk).MinTime, line.State.Timestamp, line.NextCut);
        return count >= ChunkCutting.MostSamples || line.State.ByteLength >= ChunkCutting.FullBytes ? long.MinValue : line.NextCut;
    }

    private void StartChunk(int slot, ref SeriesLine line, long timestamp)
    {
        StartChunk(slot, ref line, timestamp, XorChunk.EncodingId, ChunkBlock.FirstOpenBytes);
        line.NextCut = ChunkCutting.RangeEnd(timestamp, _rangeMs);
    }

    private void StartChunk(int slot, ref SeriesLine line, long timestamp, byte encoding, int blockBytes)
    {
        nint older = line.Chunk == 0 ? 0 : Finish(slot, ref line);
        nint block = _arena.Allocate(blockBytes);
        ChunkBlock.Header(block) = new ChunkHeader
        {
            Older = older,
            OlderMaxTime = line.State.Timestamp,
            MinTime = timestamp,
            BlockBytes = blockBytes,
            Encoding = encoding,
        };
        line.Chunk = block;
        line.State = XorState.Empty;
        _chunks++;
        Counters.ChunksCreated.Add(1);
    }

    /// <summary>Ends the open chunk. It will be written out, or, where that is not done, moves to a block of its exact size.</summary>
    private nint Finish(int slot, ref SeriesLine line)
    {
        ref var header = ref ChunkBlock.Header(line.Chunk);
        if (header.IsMapped) return line.Chunk;
        header.ByteLength = (ushort)line.State.ByteLength;
        header.Span = (uint)(line.State.Timestamp - header.MinTime);
        if (WritesChunks)
        {
            QueueFull(slot, line.Ref, line.Chunk);
            return line.Chunk;
        }
        int exact = (ChunkHeader.Bytes + header.ByteLength + SlabArena.Unit - 1) / SlabArena.Unit * SlabArena.Unit;
        return exact < header.BlockBytes ? Move(line.Chunk, exact, header.ByteLength) : line.Chunk;
    }

    private void Grow(int slot, ref SeriesLine line, long timestamp)
    {
        int next = ChunkBlock.NextOpenBytes(ChunkBlock.Header(line.Chunk).BlockBytes);
        if (next == 0) StartChunk(slot, ref line, timestamp);
        else line.Chunk = Move(line.Chunk, next, line.State.ByteLength);
    }

    private nint Move(nint block, int blockBytes, int chunkBytes)
    {
        nint target = _arena.Allocate(blockBytes);
        ref var header = ref ChunkBlock.Header(block);
        ChunkBlock.Header(target) = header with { BlockBytes = blockBytes };
        ChunkBlock.Data(block, chunkBytes).CopyTo(ChunkBlock.Room(target));
        _epochs.Retire(block, header.BlockBytes);
        return target;
    }
}
