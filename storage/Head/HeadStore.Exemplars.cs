using Streamline.Storage.Exemplars;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>Exemplars on their way: checked, written into the log behind the samples of their batch, then kept in the ring.</summary>
internal sealed partial class HeadStore
{
    // Guarded by the commit lock.
    private readonly List<(Labels Series, BatchExemplar Sent)> _stagedExemplars = [];
    private readonly RecordBuffer _exemplarRecord = new();

    public ExemplarRing Exemplars { get; } = new();

    private void StageExemplars(SampleBatch batch, ref CommitResult result)
    {
        _stagedExemplars.Clear();
        if (batch.Exemplars.Count == 0 || Exemplars.Capacity == 0) return;
        foreach (var sent in batch.Exemplars)
        {
            if (!Series.Lines.IsLive(sent.Handle) || Series.LabelsAt(sent.Handle.Slot) is not { } encoded) continue;
            var series = new Labels(encoded);
            switch (Exemplars.Check(series, sent.Exemplar))
            {
                case ExemplarVerdict.Added: _stagedExemplars.Add((series, sent)); break;
                case ExemplarVerdict.Duplicate: result.AcceptedExemplars++; break;
                case ExemplarVerdict.OutOfOrder or ExemplarVerdict.TooLong or ExemplarVerdict.Disabled: break;
            }
        }
    }

    private void LogExemplars(WalWriter wal)
    {
        if (_stagedExemplars.Count == 0) return;
        _exemplarRecord.BeginExemplars();
        foreach (var (_, sent) in _stagedExemplars) _exemplarRecord.AddExemplar(sent.Handle.Ref, sent.Exemplar);
        wal.Add(_exemplarRecord.Record);
    }

    private void KeepExemplars(ref CommitResult result)
    {
        foreach (var (series, sent) in _stagedExemplars)
        {
            // One that came twice in the batch is refused or taken as twice here; the log's second one is passed over at the replay too.
            if (Exemplars.Add(series, sent.Exemplar) is ExemplarVerdict.Added or ExemplarVerdict.Duplicate) result.AcceptedExemplars++;
        }
        _stagedExemplars.Clear();
    }

    /// <summary>Adds an exemplar of a log.</summary>
    public void ReplayExemplar(int slot, Exemplar exemplar)
    {
        if (exemplar.TimestampMs >= _minValidTime && Series.LabelsAt(slot) is { } labels) Exemplars.Add(new Labels(labels), exemplar);
    }
}
