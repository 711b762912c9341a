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
        for (int from = 0, to; from < batch.Exemplars.Count; from = to)
        {
            var handle = batch.Exemplars[from].Handle;
            to = from + 1;
            while (to < batch.Exemplars.Count && batch.Exemplars[to].Handle == handle) to++;
            if (!Series.Lines.IsLive(handle) || Series.LabelsAt(handle.Slot) is not { } encoded) continue;
            int late = StageExemplars(batch, from, to, new Labels(encoded), ref result);
            result.OutOfOrderExemplars += late;
            if (late == to - from) result.OnlyOutOfOrderExemplars += late;
        }
    }

    // Those of one series; gives how many came too late.
    private int StageExemplars(SampleBatch batch, int from, int to, Labels series, ref CommitResult result)
    {
        int late = 0;
        for (int i = from; i < to; i++)
        {
            switch (Exemplars.Check(series, batch.Exemplars[i].Exemplar))
            {
                case ExemplarVerdict.Added: _stagedExemplars.Add((series, batch.Exemplars[i])); break;
                case ExemplarVerdict.Duplicate: result.AcceptedExemplars++; break;
                case ExemplarVerdict.OutOfOrder: late++; break;
                case ExemplarVerdict.TooLong or ExemplarVerdict.Disabled: break;
            }
        }
        return late;
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
