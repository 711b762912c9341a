using Streamline.Pipeline.Graph;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Graph;

/// <summary>A stage that a test holds shut, makes fail, or lets add and drop samples.</summary>
internal sealed class GateStage : IBatchStage, IDisposable
{
    private readonly ManualResetEventSlim _open = new(true);

    public string Kind => "gate";

    public string Name => "gate";

    public IReadOnlyDictionary<string, string> Details { get; } = new Dictionary<string, string>();

    public Action<SampleBatch> Work { get; set; } = _ => { };

    public SampleBatch? First { get; set; }

    public SampleBatch? Rest { get; set; }

    public void Shut() => _open.Reset();

    public void Open() => _open.Set();

    public void Process(SampleBatch batch)
    {
        _open.Wait();
        Work(batch);
    }

    public SampleBatch? Begin() => First;

    public SampleBatch? Flush(bool goesOn) => Rest;

    public void Dispose() => _open.Dispose();
}
