using System.Diagnostics;
using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;
using Streamline.Storage.Memory;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>
/// Native histograms: their chunks lie among those of floats in a series' list, and what the encoder must remember in a table of its own. A series changes
/// its kind by a new chunk.
/// </summary>
internal sealed partial class HeadStore
{
    /// <summary>The <see cref="SeriesLine.NextCut"/> of a line whose open chunk holds histograms: no float is ever added to it.</summary>
    private const long NeverFloats = long.MinValue;

    /// <summary>Stands for the newest value where that is a histogram: the bits of a NaN that no float sample has, so that none passes for its duplicate.</summary>
    private const ulong HistogramBits = 0xFFF5_4849_5354_4F47;

    // What a chunk's header can say of its length.
    private const int MaxBlockBytes = ushort.MaxValue / SlabArena.Unit * SlabArena.Unit, MaxChunkBytes = MaxBlockBytes - ChunkHeader.Bytes;

    // All below: guarded by _commitLock. By reference, since an append knows the line only.
    private readonly Dictionary<ulong, HistogramSeries> _histograms = [];
    private readonly HistogramRecords _histogramRecords = new();
    private readonly BitWriter _scratch = new();
    private NativeHistogram?[] _stagedHistograms = [];
    private long _histogramSeries, _histogramBuckets;

    /// <summary>Series whose newest sample is a histogram.</summary>
    public long HistogramSeries => Interlocked.Read(ref _histogramSeries);

    /// <summary>Buckets of the newest histograms.</summary>
    public long HistogramBuckets => Interlocked.Read(ref _histogramBuckets);

    /// <summary>Stages a batch with histograms. A loop of its own: the other one stays as short as it is.</summary>
    private int StageMixed(SampleBatch batch, ref CommitResult result)
    {
        int count = batch.Count, staged = 0;
        if (_staged.Length < count) _staged = new StagedSample[Math.Max(count, _staged.Length * 2)];
        if (_stagedHistograms.Length < count) _stagedHistograms = new NativeHistogram?[Math.Max(count, _stagedHistograms.Length * 2)];
        long floor = count == 0 ? 0 : LowestAccepted(batch.Timestamps[0]);
        _late.Clear();
        _samplesRecord.BeginSamples(count);
        _histogramRecords.Begin();
        for (int i = 0; i < count; i++)
        {
            var handle = batch.Handles[i];
            long timestamp = batch.Timestamps[i];
            var histogram = batch.Histograms[i];
            ulong bits = histogram is null ? BitConverter.DoubleToUInt64Bits(batch.Values[i]) : HistogramBits;
            if (!Series.Lines.IsLive(handle))
            {
                Refuse(batch, i, RejectReason.StaleHandle, ref result);
                continue;
            }
            if (histogram is not null && Problem(histogram) is { } problem)
            {
                Refuse(batch, i, RejectReason.Invalid, ref result, problem);
                continue;
            }
            ref var line = ref Series.Lines.At(handle.Slot);
            if (timestamp < floor || timestamp <= line.State.Timestamp)
            {
                if (histogram is not null) StageLateHistogram(batch, i, timestamp < floor, histogram, staged, ref result);
                else if (StageLate(batch, i, timestamp < floor, ref line, bits, ref result)) _samplesRecord.AddSample(handle.Ref, timestamp, bits);
                continue;
            }
            _stagedHistograms[staged] = histogram;
            _staged[staged++] = new StagedSample(handle.Slot, timestamp, bits, line.State.Timestamp, line.State.ValueBits);
            line.State.Timestamp = timestamp;
            line.State.ValueBits = bits;
            _histogramRecords.Announce(handle.Slot, histogram, _samplesRecord, count - i);
            if (histogram is null) _samplesRecord.AddSample(handle.Ref, timestamp, bits);
            else _histogramRecords.Add(handle.Ref, timestamp, histogram);
        }
        return staged;
    }

    private static string? Problem(NativeHistogram histogram)
    {
        if (histogram.IsStale) return null;
        if (HistogramFacts.WorstBytes(histogram) > MaxChunkBytes) return $"a histogram of {HistogramFacts.Buckets(histogram)} buckets is too large for a chunk";
        return histogram.Validate();
    }

    private void StageLateHistogram(SampleBatch batch, int index, bool belowFloor, NativeHistogram histogram, int staged, ref CommitResult result)
    {
        var handle = batch.Handles[index];
        long timestamp = batch.Timestamps[index];
        if (belowFloor || timestamp != Series.Lines.At(handle.Slot).State.Timestamp)
        {
            if (StageInWindow(batch, index, belowFloor, histogram, ref result)) _histogramRecords.Add(handle.Ref, timestamp, histogram);
            return;
        }
        if (LastHistogram(handle, staged) is not { } last || !HistogramFacts.AreSame(last, histogram))
        {
            Refuse(batch, index, RejectReason.Duplicate, ref result);
            return;
        }
        result.Accepted++;
        result.AcceptedHistograms++;
    }

    /// <summary>A series' newest histogram, null when its newest sample is a float: among those staged before, or in the head.</summary>
    private NativeHistogram? LastHistogram(SeriesHandle handle, int staged)
    {
        for (int i = staged - 1; i >= 0; i--)
        {
            if (_staged[i].Slot == handle.Slot) return _stagedHistograms[i];
        }
        return _histograms.TryGetValue(handle.Ref, out var series) ? series.Last : null;
    }

    /// <summary>Floats before histograms; a series that has both in one batch ends a group of records, so that replay meets them in their order.</summary>
    private void AddSamples(WalWriter wal)
    {
        _histogramRecords.WriteEarlier(wal);
        if (!_samplesRecord.IsEmpty) wal.Add(_samplesRecord.Record);
        _histogramRecords.Write(wal);
    }

    /// <summary>Ends a series' histograms before a float, or takes the float for what it is: the marker that they have ended. True when it is stored.</summary>
    private bool TryEndHistograms(int slot, ref SeriesLine line, long timestamp, double value)
    {
        if (!_histograms.TryGetValue(line.Ref, out var series)) return false;
        if (StaleMarker.Is(value))
        {
            AppendHistogram(slot, ref line, timestamp, series.Stale);
            return true;
        }
        Forget(line.Ref);
        return false;
    }

    private void Forget(ulong reference)
    {
        if (!_histograms.Remove(reference, out var series)) return;
        Interlocked.Decrement(ref _histogramSeries);
        Interlocked.Add(ref _histogramBuckets, -HistogramFacts.Buckets(series.Last));
    }

    /// <summary>Adds a histogram that was checked; returns 1, the number of histograms added.</summary>
    private int AppendHistogram(int slot, ref SeriesLine line, long timestamp, NativeHistogram histogram)
    {
        var series = SeriesOf(ref line, histogram);
        var encoder = series.Encoder;
        bool isOpen = line.Chunk != 0 && !ChunkBlock.Header(line.Chunk).IsMapped && ChunkBlock.Header(line.Chunk).Encoding == encoder.Encoding;
        if (!isOpen || IsFull(ref line, series, timestamp, histogram))
        {
            BeginChunk(slot, ref line, series, timestamp, histogram, encoder.Count > 0 ? encoder.HeaderBehind(histogram, isCut: true) : HistogramEncoder.HeaderOf(histogram));
        }
        else
        {
            var placement = encoder.Place(histogram);
            switch (placement.Fit)
            {
                case HistogramFit.NewChunk: BeginChunk(slot, ref line, series, timestamp, histogram, placement.Header); break;
                case HistogramFit.Recode: Recode(slot, ref line, series, timestamp, histogram, placement); break;
                case HistogramFit.Append: Extend(ref line, encoder, timestamp, placement.Histogram); break;
            }
        }
        line.NextCut = NeverFloats;
        line.State.Timestamp = timestamp;
        line.State.ValueBits = HistogramBits;
        line.State.Count = (ushort)encoder.Count;
        HistogramChunk.SetCount(ChunkBlock.Room(line.Chunk), encoder.Count);
        Interlocked.Add(ref _histogramBuckets, HistogramFacts.Buckets(histogram) - HistogramFacts.Buckets(series.Last));
        series.Last = histogram;
        return 1;
    }

    private HistogramSeries SeriesOf(ref SeriesLine line, NativeHistogram histogram)
    {
        if (!_histograms.TryGetValue(line.Ref, out var series))
        {
            _histograms[line.Ref] = series = new HistogramSeries(histogram);
            Interlocked.Increment(ref _histogramSeries);
            Interlocked.Add(ref _histogramBuckets, HistogramFacts.Buckets(histogram));
        }
        else if (series.Encoder.IsInteger != histogram.IsInteger)
        {
            series.Encoder = new HistogramEncoder(histogram.IsInteger);
        }
        return series;
    }

    /// <summary>By Prometheus's rules (tsdb/head_append.go, histogramsAppendPreprocessor): about 1,024 bytes, ten samples at least, ranges kept apart.</summary>
    private bool IsFull(ref SeriesLine line, HistogramSeries series, long timestamp, NativeHistogram histogram)
    {
        int bytes = line.State.ByteLength, samples = line.State.Count;
        long first = ChunkBlock.Header(line.Chunk).MinTime;
        long rangeEnd = series.IsEndPredicted ? ChunkCutting.RangeEnd(first, _rangeMs) : series.NextCut;
        if (!series.IsEndPredicted && bytes >= HistogramChunk.TargetBytes / 4)
        {
            series.NextCut = ChunkCutting.PredictEnd(first, line.State.Timestamp, series.NextCut, (double)HistogramChunk.TargetBytes / bytes);
            series.IsEndPredicted = true;
        }
        bool isDue = timestamp >= series.NextCut || bytes >= 2 * HistogramChunk.TargetBytes;
        return (isDue && (samples >= HistogramChunk.LeastSamples || timestamp >= rangeEnd)) || samples == XorChunk.MaxSamples
            || bytes + HistogramFacts.WorstLaterBytes(histogram) > MaxChunkBytes;
    }

    private void BeginChunk(int slot, ref SeriesLine line, HistogramSeries series, long timestamp, NativeHistogram histogram, CounterResetHint header)
    {
        series.Encoder.Begin(_scratch, header);
        series.Encoder.Append(_scratch, timestamp, histogram);
        StartChunk(slot, ref line, timestamp, series.Encoder.Encoding, BlockBytesFor(_scratch.Bytes.Length, 0));
        _scratch.Bytes.CopyTo(ChunkBlock.Room(line.Chunk));
        line.State.BitLength = _scratch.BitLength;
        series.NextCut = ChunkCutting.RangeEnd(timestamp, _rangeMs);
        series.IsEndPredicted = false;
    }

    /// <summary>Readers that have captured the chunk see its old bytes: what is written lies behind them, but for the rest of the last byte.</summary>
    private void Extend(ref SeriesLine line, HistogramEncoder encoder, long timestamp, NativeHistogram histogram)
    {
        int whole = line.State.BitLength >> 3, used = line.State.BitLength & 7;
        _scratch.Resume(used == 0 ? (byte)0 : ChunkBlock.Room(line.Chunk)[whole], used);
        encoder.Append(_scratch, timestamp, histogram);
        int bytes = whole + _scratch.Bytes.Length;
        int blockBytes = ChunkBlock.Header(line.Chunk).BlockBytes;
        if (bytes > blockBytes - ChunkHeader.Bytes) line.Chunk = Move(line.Chunk, BlockBytesFor(bytes, blockBytes), line.State.ByteLength);
        _scratch.Bytes.CopyTo(ChunkBlock.Room(line.Chunk)[whole..]);
        line.State.BitLength = 8 * whole + _scratch.BitLength;
    }

    /// <summary>Writes the open chunk anew with the buckets that the histogram brings; a chunk that would become too large ends instead.</summary>
    private void Recode(int slot, ref SeriesLine line, HistogramSeries series, long timestamp, NativeHistogram histogram, HistogramPlacement placement)
    {
        var header = series.Encoder.HeaderBehind(histogram, isCut: true);
        if (!series.Encoder.TryRecode(_scratch, ChunkBlock.Data(line.Chunk, line.State.ByteLength), line.State.Count, placement.Histogram)) throw new UnreachableException("a chunk in memory does not decode");
        if (_scratch.Bytes.Length + HistogramFacts.WorstLaterBytes(placement.Histogram) > MaxChunkBytes)
        {
            BeginChunk(slot, ref line, series, timestamp, histogram, header);
            return;
        }
        series.Encoder.Append(_scratch, timestamp, placement.Histogram);
        line.Chunk = Move(line.Chunk, BlockBytesFor(_scratch.Bytes.Length, 0), 0);
        _scratch.Bytes.CopyTo(ChunkBlock.Room(line.Chunk));
        line.State.BitLength = _scratch.BitLength;
    }

    /// <summary>A block with room to grow by half.</summary>
    private static int BlockBytesFor(int chunkBytes, int oldBlockBytes)
    {
        int bytes = Math.Max(ChunkHeader.Bytes + chunkBytes + chunkBytes / 4, oldBlockBytes + oldBlockBytes / 2);
        return Math.Min((bytes + SlabArena.Unit - 1) / SlabArena.Unit * SlabArena.Unit, MaxBlockBytes);
    }

    /// <summary>Adds a histogram of a log unless it belongs to a block or is not newer than the series' last.</summary>
    public bool ReplayHistogram(int slot, long timestampMs, NativeHistogram histogram)
    {
        ref var line = ref Series.Lines.At(slot);
        if (Problem(histogram) is not null) return false;
        if (timestampMs < _minValidTime || timestampMs <= line.State.Timestamp)
        {
            if (timestampMs == line.State.Timestamp && line.State.Count == 0) Remember(ref line, histogram);
            return false;
        }
        AppendHistogram(slot, ref line, timestampMs, histogram);
        _minTime = Math.Min(_minTime, timestampMs);
        _maxTime = Math.Max(_maxTime, timestampMs);
        return true;
    }

    // The newest sample of a chunk that came from a file: needed to tell a duplicate, and what a stale marker ends.
    private void Remember(ref SeriesLine line, NativeHistogram histogram)
    {
        Forget(line.Ref);
        SeriesOf(ref line, histogram);
        line.State.ValueBits = HistogramBits;
    }
}
