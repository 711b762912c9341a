using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>A database in a folder of its own behind a target that commits at once; the test may refuse batches, or keep them back.</summary>
internal sealed class StoreBench : IDisposable, IBatchTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-ingest-").FullName;

    public StoreBench(params ILabelStage[] stages)
    {
        Time = new SteppedTime(Clock);
        Store = Tsdb.Open(new TsdbOptions { Path = _folder, Time = Clock, MaxExemplars = 100 });
        Router = new SeriesRouter(Store, stages);
    }

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The same clock, telling when a loop has gone to sleep.</summary>
    public SteppedTime Time { get; }

    public Tsdb Store { get; }

    public SeriesRouter Router { get; }

    public bool IsFull { get; set; }

    /// <summary>Completes batches as stored without storing them: what is left is the source's own work.</summary>
    public bool IsHollow { get; set; }

    /// <summary>Completes batches as the appender does when the log cannot be written.</summary>
    public bool IsBroken { get; set; }

    public int Batches { get; private set; }

    public CommitResult Last { get; private set; }

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public bool TrySend(SampleBatch batch)
    {
        if (IsFull) return false;
        Batches++;
        Last = IsBroken ? Lost(batch) : IsHollow ? default : Store.Commit(batch);
        batch.Complete(Last);
        batch.Release();
        return true;
    }

    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation) => ValueTask.FromResult(TrySend(batch));

    public long SeriesCount => Store.Status(0).NumSeries;

    /// <summary>The matching series as text, <c>name{a=b} v v</c>, values in time order, stale markers as "stale".</summary>
    public List<string> Samples(string name = "") => StoredText.Of(Store, name);

    private static CommitResult Lost(SampleBatch batch)
    {
        var result = batch.Dropped;
        result.Reject(RejectReason.Storage, batch.Count);
        return result;
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
