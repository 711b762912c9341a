using Streamline.Storage.Encoding;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.OutOfOrder;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>
/// Full chunks of late floats go to head chunk files and out of memory, and a marker in their log says so: a replay takes the chunk from its file. Nothing
/// depends on it, since that log holds the samples. Histograms stay in memory, and so does a series that has any.
/// </summary>
internal sealed partial class HeadStore
{
    /// <summary>Full late chunks are written when so many bytes of them have gathered.</summary>
    public int MapOutLateBytes { get; init; } = MapOutBytes;

    // All below: guarded by the commit lock.
    private readonly List<(ulong Ref, OutOfOrderSeries Series, int Part)> _lateLeaving = [];
    private readonly RecordBuffer _markerRecord = new();
    // Late chunks of files found at start, until the log has said which of them it means.
    private readonly Dictionary<ulong, (HeadChunkInfo Info, int Bytes, int Count)> _loadedLate = [];
    private HeadChunkWindows? _lateWindows;

    /// <summary>1 gathers the full chunks, 2 writes them, 3 writes the markers, 4 puts references in their places. A write that fails leaves all as it is.</summary>
    private void MapOutLate()
    {
        if (OutOfOrder.WaitingBytes < MapOutLateBytes || _mapOutPaused || KeepsChunks || _chunkFiles is not { } files) return;
        GatherLate(files);
        if (!TryWriteLate(files, out string error))
        {
            _mapOutPaused = true;
            Counters.MapOutFailures.Add(1);
            MapOutFailed(error);
        }
        else
        {
            lock (_applyLock) PutLateReferences();
            Counters.ChunksMapped.Add(_lateLeaving.Count);
        }
        _lateLeaving.Clear();
    }

    private void PutLateReferences()
    {
        long bytes = 0;
        for (int i = 0; i < _lateLeaving.Count; i++)
        {
            var (_, series, part) = _lateLeaving[i];
            bytes += series.Parts[part].Data.Length;
            series.Map(part, _written[i], isFirst: i == 0 || _lateLeaving[i - 1].Series != series);
        }
        OutOfOrder.EndMapping(bytes);
    }

    private void GatherLate(HeadChunkFiles files)
    {
        foreach (var (reference, series) in OutOfOrder.Waiting())
        {
            if (series.HasHistograms) continue;
            for (int i = series.FirstInMemory; i < series.Parts.Length; i++)
            {
                ref readonly var part = ref series.Parts[i];
                if (!part.IsPacked) continue;
                files.Add(new HeadChunkInfo(reference, part.MinTime, part.MaxTime, XorChunk.EncodingId, OutOfOrder: true), part.Data);
                _lateLeaving.Add((reference, series, i));
            }
        }
    }

    private bool TryWriteLate(HeadChunkFiles files, out string error)
    {
        if (!files.TryFlush(_written, out error)) return false;
        if (_lateLeaving.Count == 0 || TryLogMarkers(out error)) return true;
        foreach (ulong chunk in _written) files.Unpin(chunk);
        return false;
    }

    /// <summary>
    /// Markers, and behind them once more what has come since: at a marker Prometheus forgets all late samples of the series that it holds in memory
    /// (wblSubsetProcessor in tsdb/head_wal.go).
    /// </summary>
    private bool TryLogMarkers(out string error)
    {
        _markerRecord.BeginMarkers();
        _lateRecord.BeginSamples(_lateLeaving.Count * OutOfOrderChunk.MostSamples);
        for (int i = 0; i < _lateLeaving.Count; i++)
        {
            var (reference, series, _) = _lateLeaving[i];
            _markerRecord.AddMarker(reference, _written[i]);
            bool isLast = i + 1 == _lateLeaving.Count || _lateLeaving[i + 1].Series != series;
            if (!isLast || series.Open is not { } open) continue;
            for (int k = 0; k < open.Count; k++) _lateRecord.AddSample(reference, open.Times[k], BitConverter.DoubleToUInt64Bits(open.Values[k]));
        }
        _wbl!.Begin();
        _wbl.Add(_markerRecord.Record);
        if (!_lateRecord.IsEmpty) _wbl.Add(_lateRecord.Record);
        return _wbl.TryWrite(out error);
    }

    /// <summary>Takes note of a late chunk that a file holds, before the logs are read.</summary>
    public void NoteLate(in HeadChunkInfo info, ulong chunk, int bytes, int count)
    {
        if (info.Encoding == XorChunk.EncodingId && bytes <= HeadChunkFormat.MostChunkBytes) _loadedLate[chunk] = (info, bytes, count);
    }

    /// <summary>A marker: the chunk of that place has what the log said last of the series. It takes the place of the same chunk in memory, and of nothing else.</summary>
    public void ReplayMarker(int slot, ulong chunk)
    {
        if (!_loadedLate.TryGetValue(chunk, out var loaded) || _chunkFiles is not { } files) return;
        _lateWindows ??= new HeadChunkWindows(files);
        var part = new OutOfOrderPart(null, [], loaded.Count, loaded.Info.MinTime, loaded.Info.MaxTime, chunk, loaded.Bytes);
        if (!OutOfOrder.TryMap(Series.Lines.At(slot).Ref, part, _lateWindows)) return;
        _loadedLate.Remove(chunk);
        files.Pin(chunk);
    }

    /// <summary>Late chunks that no marker named are not used.</summary>
    public void EndLateReplay()
    {
        _loadedLate.Clear();
        _lateWindows?.Dispose();
        _lateWindows = null;
        OutOfOrder.EndReplay();
    }
}
