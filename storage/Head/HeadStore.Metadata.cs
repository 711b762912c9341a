using System.Collections.Concurrent;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>Metadata of series: in the log when it changes, and here as long as the series is in the head (Prometheus's metadata-wal-records).</summary>
internal sealed partial class HeadStore
{
    // Written under the commit lock, read anywhere. Only series whose sources send any are here.
    private readonly ConcurrentDictionary<ulong, SeriesMetadata> _metadata = [];
    private readonly List<(ulong Ref, SeriesMetadata Metadata)> _stagedMetadata = [];
    private readonly RecordBuffer _metadataRecord = new();

    public SeriesMetadata? MetadataOf(SeriesHandle handle) => Series.Lines.IsLive(handle) ? _metadata.GetValueOrDefault(handle.Ref) : null;

    private void StageMetadata(SampleBatch batch)
    {
        _stagedMetadata.Clear();
        foreach (var sent in batch.Metadata)
        {
            if (Series.Lines.IsLive(sent.Handle) && _metadata.GetValueOrDefault(sent.Handle.Ref) != sent.Metadata) _stagedMetadata.Add((sent.Handle.Ref, sent.Metadata));
        }
    }

    private void LogMetadata(WalWriter wal)
    {
        if (_stagedMetadata.Count == 0) return;
        _metadataRecord.BeginMetadata();
        foreach (var (reference, metadata) in _stagedMetadata) _metadataRecord.AddMetadata(reference, metadata);
        wal.Add(_metadataRecord.Record);
    }

    private void KeepMetadata()
    {
        foreach (var (reference, metadata) in _stagedMetadata) _metadata[reference] = metadata;
        _stagedMetadata.Clear();
    }

    /// <summary>Takes metadata of a log; the newest comes last.</summary>
    public void ReplayMetadata(int slot, SeriesMetadata metadata) => _metadata[Series.Lines.At(slot).Ref] = metadata;
}
