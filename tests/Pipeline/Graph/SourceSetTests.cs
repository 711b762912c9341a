using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Pipeline.Tests.Ingest;

namespace Streamline.Pipeline.Tests.Graph;

public sealed class SourceSetTests : IAsyncDisposable
{
    private readonly StoreBench _bench = new();
    private readonly AppendNode _append;
    private readonly List<string> _log = [];
    private readonly SourceSet _sources;

    public SourceSetTests()
    {
        _append = new AppendNode(_bench.Store, NullLogger.Instance);
        _sources = new SourceSet((_, source, chain) => new FakeSource(source, chain.Router, _log));
    }

    public async ValueTask DisposeAsync()
    {
        await _append.DisposeAsync();
        _bench.Dispose();
    }

    [Fact]
    public void EqualSources_KeepInstance_ArrowAndRouter()
    {
        var pipeline = Pipeline([Push("1m"), Write()]);
        var chain = Chain(pipeline);
        Assert.Empty(Apply(pipeline, chain));
        var (before, entry, router) = (_sources.All[0].Source, _sources.All[0].Entry, ((ReceiverSource)_sources.All[0].Source).Router);
        Assert.Empty(Apply(Pipeline([Push("1m"), Write()]), chain));
        Assert.Same(before, _sources.All[0].Source);
        Assert.Same(entry, _sources.All[0].Entry);
        Assert.Same(router, ((ReceiverSource)_sources.All[0].Source).Router);
        Assert.Equal(["start push 60s", "start remote_write 0s"], _log);
    }

    [Fact]
    public void OtherStages_SwitchTheSource_ToANewArrowAndRouter()
    {
        var pipeline = Pipeline([Push("1m")]);
        Apply(pipeline, Chain(pipeline));
        var (source, generation) = (_sources.All[0].Source, ((ReceiverSource)_sources.All[0].Source).Router.Generation);
        var changed = pipeline with { Stages = [new StageConfig { Drop = new DropStageConfig { Match = new OneOrMany(["a"]) } }] };
        Assert.Empty(Apply(changed, Chain(changed)));
        Assert.Same(source, _sources.All[0].Source);
        Assert.NotEqual(generation, ((ReceiverSource)source).Router.Generation);
        Assert.Equal(["start push 60s"], _log);
    }

    [Fact]
    public void ChangedSource_IsMadeAnew_TheOldOneIsGivenBackToBeStopped()
    {
        var pipeline = Pipeline([Push("1m")]);
        var chain = Chain(pipeline);
        Apply(pipeline, chain);
        var old = _sources.All[0].Source;
        var gone = Assert.Single(Apply(Pipeline([Push("2m")]), chain));
        Assert.Same(old, gone.Source);
        Assert.Equal(["start push 60s", "start push 120s"], _log);
    }

    [Fact]
    public void RemovedSource_IsGivenBack_AndItsArrowForgotten()
    {
        var pipeline = Pipeline([Push("1m"), Write()]);
        var chain = Chain(pipeline);
        Apply(pipeline, chain);
        Assert.Equal(["p/push/push", "p/remote_write/write"], chain.Entries.Select(e => e.From));
        Assert.Equal("p/remote_write/write", Assert.Single(Apply(Pipeline([Push("1m")]), chain)).Id);
        Assert.Equal(["p/push/push"], chain.Entries.Select(e => e.From));
        Assert.Null(_sources.Find<RemoteWriteReceiver>());
    }

    [Fact]
    public void ReleasedLimit_GivesTheSourcesAnotherRouter()
    {
        var pipeline = Pipeline([Push("1m")]) with { Stages = [new StageConfig { Limit = new LimitStageConfig { ActiveSeries = 1 } }] };
        var chain = Chain(pipeline);
        Apply(pipeline, chain);
        var source = (ReceiverSource)_sources.All[0].Source;
        int generation = source.Router.Generation;
        Assert.False(chain.ReleaseLimits());
        source.Router.Resolve(new Storage.LabelsBuilder().Set("__name__", "a"));
        Assert.True(source.Router.Resolve(new Storage.LabelsBuilder().Set("__name__", "b")).IsDropped);
        Assert.False(chain.ReleaseLimits());
        Assert.Equal("1", chain.Boxes[0].Details()["refused"]);
        _sources.UseRouter(chain);
        Assert.Equal(generation, source.Router.Generation);
    }

    [Fact]
    public void Stages_BecomeBoxesInOrder_LabelStagesFirst()
    {
        var pipeline = Pipeline([Push("1m")]) with
        {
            Stages =
            [
                new StageConfig { Relabel = [] },
                new StageConfig { Aggregate = new AggregateStageConfig { Match = new OneOrMany(["a"]), Outputs = ["sum"] }, Name = "fold" },
                new StageConfig { Derive = new DeriveStageConfig { Record = "r", Expr = "a" } },
                new StageConfig { Sample = new SampleStageConfig { Interval = TimeSpan.FromMinutes(1) } },
            ],
        };
        var chain = Chain(pipeline);
        Assert.Equal(["p/relabel/0", "p/aggregate/fold", "p/derive/2", "p/sample/3"], chain.Boxes.Select(b => b.Id));
        Assert.Equal(["p/aggregate/fold->p/derive/2", "p/derive/2->p/sample/3", "p/sample/3->append"], chain.InnerEdges.Select(e => e.Status().Id));
        Assert.Equal("p/aggregate/fold", chain.Entry("source").To);
        Assert.All(chain.Boxes, b => Assert.NotNull(b.Details()));
    }

    private static PipelineConfig Pipeline(IReadOnlyList<SourceConfig> sources) => new() { Name = "p", Sources = sources };

    private static SourceConfig Push(string ttl) => new() { Name = "push", Push = new PushSourceConfig { Ttl = TimeSpan.FromMinutes(ttl[0] - '0') } };

    private static SourceConfig Write() => new() { Name = "write", RemoteWrite = new RemoteWriteSourceConfig() };

    private PipelineChain Chain(PipelineConfig pipeline) => new(pipeline.Name, pipeline.Stages, _bench.Store, _append, new LiveTaps(), _bench.Clock, NullLogger.Instance);

    private IReadOnlyList<RunningSource> Apply(PipelineConfig pipeline, PipelineChain chain) => _sources.Apply([pipeline], new Dictionary<string, PipelineChain> { ["p"] = chain });

    private sealed class FakeSource(SourceConfig config, SeriesRouter router, List<string> log) : ReceiverSource(config.Kind, config.Name, router)
    {
        public override void Start(IBatchTarget target)
        {
            base.Start(target);
            log.Add($"start {Kind} {config.Push?.Ttl.TotalSeconds ?? 0}s");
        }
    }
}
