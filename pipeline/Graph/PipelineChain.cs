using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>
/// The stages of one pipeline as they run: label stages in the router (once per new series), batch stages as boxes in front of the appender. A reload with
/// equal stages keeps the chain; with others a new one is built beside it, the sources switch, and the old one drains.
/// </summary>
internal sealed class PipelineChain
{
    private readonly AppendNode _append;
    private readonly LiveTaps _taps;
    private readonly TimeProvider _time;
    private readonly AggregateJournals? _journals;
    private readonly List<StageNode> _nodes = [];
    private readonly List<(string Id, StageConfig Config)> _nodeConfigs = [];
    private readonly List<LimitStage> _limits = [];
    private readonly List<StageBox> _boxes = [];
    private readonly List<ILabelStage> _labelStages = [];
    private readonly Tsdb _store;

    // Null for a chain that was open from the start.
    private TaskCompletionSource? _opened;

    // Written under the host's reload lock, read by the picture.
    private readonly List<Edge> _inner = [];
    private Edge[] _entries = [];

    public PipelineChain(string name, IReadOnlyList<StageConfig> stages, Tsdb store, AppendNode append, LiveTaps taps, TimeProvider time, ILogger logger, AggregateJournals? journals = null)
    {
        (Name, Stages, _store, _append, _taps, _time, _journals) = (name, stages, store, append, taps, time, journals);
        var batchStages = new List<(string Id, IBatchStage Stage)>();
        for (int i = 0; i < stages.Count; i++)
        {
            string id = GraphPlan.StageId(name, stages[i], i);
            int before = batchStages.Count;
            Add(stages[i], id, batchStages);
            if (batchStages.Count > before) _nodeConfigs.Add((id, stages[i]));
        }
        Router = new SeriesRouter(store, _labelStages);
        Link(batchStages, logger);
    }

    public string Name { get; }

    public IReadOnlyList<StageConfig> Stages { get; }

    /// <summary>Label stages and head; its generation tells caches when to resolve anew.</summary>
    public SeriesRouter Router { get; private set; }

    public IReadOnlyList<StageBox> Boxes => _boxes;

    public IReadOnlyList<Edge> InnerEdges => _inner;

    public IReadOnlyList<Edge> Entries => Volatile.Read(ref _entries);

    /// <summary>An arrow for one source into the first batch stage, or into the appender.</summary>
    public Edge Entry(string sourceId)
    {
        foreach (var known in _entries)
        {
            if (known.From == sourceId) return known;
        }
        var edge = LateEntry(sourceId);
        Volatile.Write(ref _entries, [.. _entries, edge]);
        return edge;
    }

    /// <summary>An arrow that is not in the picture: for what a source sends after it is gone.</summary>
    public Edge LateEntry(string sourceId) => _nodes.Count > 0
        ? new Edge(sourceId, _boxes.First(b => b.IsBatch).Id, _nodes[0].Input, () => _nodes[0].Queued, StageNode.Capacity, _time) { IsEntry = true, Opened = _opened?.Task ?? Task.CompletedTask, Pipeline = Name, Taps = _taps }
        : new Edge(sourceId, GraphPlan.AppendId, _append.Input, () => _append.Queued, AppendNode.Capacity, _time) { IsEntry = true, Opened = _opened?.Task ?? Task.CompletedTask, Pipeline = Name, Taps = _taps };

    /// <summary>Forgets the arrows of sources that are gone.</summary>
    public void KeepEntries(IReadOnlySet<string> sourceIds) => Volatile.Write(ref _entries, [.. _entries.Where(e => sourceIds.Contains(e.From))]);

    /// <summary>Gives up the room of series that left the head; true when a new router has been made so that refused series are asked again.</summary>
    public bool ReleaseLimits()
    {
        bool again = false;
        foreach (var limit in _limits) again |= limit.Release();
        if (again) Router = new SeriesRouter(_store, _labelStages);
        return again;
    }

    /// <summary>
    /// Keeps batches out until <see cref="Open"/>: a chain that takes another's place waits until that one has drained. The last windows of its stages are older than what
    /// comes now, and would be refused behind it.
    /// </summary>
    public void Hold() => _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets batches in.</summary>
    public void Open() => _opened?.TrySetResult();

    /// <summary>Identities of the stages that keep journals.</summary>
    public IEnumerable<string> JournalIds => _boxes.Where(b => b.Kind == "aggregate").Select(b => b.Id);

    /// <summary>Sends on what waits in the stages, first to last. A stage that goes on keeps its state for the next of its identity.</summary>
    public async Task DrainAsync(Func<string, StageConfig, bool> goesOn)
    {
        for (int i = 0; i < _nodes.Count; i++) await _nodes[i].DrainAsync(goesOn(_nodeConfigs[i].Id, _nodeConfigs[i].Config)).ConfigureAwait(false);
    }

    /// <summary>Whether a stage of this identity and configuration is here.</summary>
    public bool Has(string id, StageConfig config)
    {
        for (int i = 0; i < Stages.Count; i++)
        {
            if (GraphPlan.StageId(Name, Stages[i], i) == id) return ConfigPrinter.AreSame(Stages[i], config);
        }
        return false;
    }

    private void Add(StageConfig stage, string id, List<(string Id, IBatchStage Stage)> batchStages)
    {
        switch (stage.Kind)
        {
            case "relabel":
                AddLabelStage(id, stage, new Relabeler(stage.Relabel!), () => new Dictionary<string, string> { ["rules"] = $"{stage.Relabel!.Count}" });
                break;
            case "drop":
                AddLabelStage(id, stage, new DropStage(DropStage.Selectors(stage.Drop!.Match.Items)), () => new Dictionary<string, string> { ["match"] = string.Join(", ", stage.Drop.Match.Items) });
                break;
            case "limit":
                int at = _labelStages.Count;
                var limit = new LimitStage(stage.Limit!, _store, _time, () => _labelStages.Skip(at + 1));
                _limits.Add(limit);
                AddLabelStage(id, stage, limit, () => new Dictionary<string, string> { ["active series"] = $"{limit.Active}", ["limit"] = $"{stage.Limit!.ActiveSeries}", ["refused"] = $"{limit.Refused}", ["labels taken away from"] = $"{limit.Folded}", ["lately above the limit"] = string.Join("  ", limit.Lately) });
                if (stage.Limit!.OnLimit != LimitAction.AggregateAway) break;
                var sum = GraphPlan.SumOf(id, stage);
                batchStages.Add((sum.Id, new FoldStage(sum.Name, limit, _store)));
                break;
            case "sample":
                batchStages.Add((id, new SampleStage(GraphPlan.StageName(stage), DropStage.Selectors(stage.Sample!.Match.Items), stage.Sample.Interval, _store)));
                break;
            case "aggregate":
                batchStages.Add((id, new AggregateStage(GraphPlan.StageName(stage), stage.Aggregate!, _store, _time, _journals is { } journals ? naming => journals.Open(id, naming) : null)));
                break;
            case "derive":
                batchStages.Add((id, new DeriveStage(GraphPlan.StageName(stage), stage.Derive!, _store, _time)));
                break;
            default:
                throw new NotSupportedException($"stage \"{stage.Kind}\" of pipeline \"{Name}\" is not built yet");
        }
    }

    private void AddLabelStage(string id, StageConfig config, ILabelStage stage, Func<IReadOnlyDictionary<string, string>> details)
    {
        _labelStages.Add(stage);
        _boxes.Add(new StageBox(id, config.Kind, GraphPlan.StageName(config), IsBatch: false, details));
    }

    // From the appender backwards, since an arrow needs the block behind it.
    private void Link(List<(string Id, IBatchStage Stage)> stages, ILogger logger)
    {
        Edge? next = null;
        for (int i = stages.Count - 1; i >= 0; i--)
        {
            var (id, stage) = stages[i];
            if (next is null) next = new Edge(id, GraphPlan.AppendId, _append.Input, () => _append.Queued, AppendNode.Capacity, _time) { Pipeline = Name, Taps = _taps };
            else
            {
                var behind = _nodes[0];
                next = new Edge(id, stages[i + 1].Id, behind.Input, () => behind.Queued, StageNode.Capacity, _time) { Pipeline = Name, Taps = _taps };
            }
            _inner.Insert(0, next);
            _nodes.Insert(0, new StageNode(stage, next, logger));
        }
        foreach (var (id, stage) in stages) _boxes.Add(new StageBox(id, stage.Kind, stage.Name, IsBatch: true, () => stage.Details));
    }
}

/// <summary>A stage in the picture.</summary>
internal sealed record StageBox(string Id, string Kind, string Name, bool IsBatch, Func<IReadOnlyDictionary<string, string>> Details);
