using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Scrape;

namespace Streamline.Pipeline.Graph;

/// <summary>The running sources of all pipelines. Changed under the host's reload lock only; read through an immutable list.</summary>
internal sealed class SourceSet(Func<PipelineConfig, SourceConfig, PipelineChain, ISource> make)
{
    private RunningSource[] _sources = [];

    public IReadOnlyList<RunningSource> All => Volatile.Read(ref _sources);

    public T? Find<T>() where T : class, ISource => All.Select(s => s.Source).OfType<T>().FirstOrDefault();

    /// <summary>
    /// Brings the sources in line with the configuration: those of equal identity and configuration stay and switch to their pipeline's chain, others
    /// start, the rest is returned, still running, for the caller to stop.
    /// </summary>
    public IReadOnlyList<RunningSource> Apply(IReadOnlyList<PipelineConfig> pipelines, IReadOnlyDictionary<string, PipelineChain> chains)
    {
        var left = _sources.ToDictionary(s => s.Id);
        var now = new List<RunningSource>();
        foreach (var pipeline in pipelines)
        {
            foreach (var source in pipeline.Sources)
            {
                string id = GraphPlan.SourceId(pipeline.Name, source.Kind, source.Name);
                var chain = chains[pipeline.Name];
                if (left.TryGetValue(id, out var kept) && ConfigPrinter.AreSame(kept.Config, source))
                {
                    left.Remove(id);
                    now.Add(kept);
                }
                else if (kept?.Source is ScrapeSource job && source.Scrape is { } changed && job.TryReconfigure(changed))
                {
                    left.Remove(id);
                    now.Add(kept with { Config = source });
                }
                else
                {
                    now.Add(new RunningSource(id, pipeline.Name, source, make(pipeline, source, chain)));
                }
            }
        }
        foreach (var running in now) Join(running, chains[running.Pipeline]);
        foreach (var chain in chains.Values) chain.KeepEntries(now.Where(s => s.Pipeline == chain.Name).Select(s => s.Id).ToHashSet());
        Volatile.Write(ref _sources, [.. now]);
        return [.. left.Values];
    }

    /// <summary>Gives every source of a pipeline the chain's present router.</summary>
    public void UseRouter(PipelineChain chain)
    {
        foreach (var running in All.Where(s => s.Pipeline == chain.Name)) SetRouter(running.Source, chain);
    }

    private static void Join(RunningSource running, PipelineChain chain)
    {
        var entry = chain.Entry(running.Id);
        SetRouter(running.Source, chain);
        if (running.Entry is null) running.Source.Start(entry);
        else if (running.Entry != entry) running.Source.SwitchTo(entry);
        running.Entry = entry;
    }

    private static void SetRouter(ISource source, PipelineChain chain)
    {
        switch (source)
        {
            case ReceiverSource receiver: receiver.Router = chain.Router; break;
            case ScrapeSource job: job.Router = chain.Router; break;
            case IntervalSource interval: interval.Router = chain.Router; break;
        }
    }
}
