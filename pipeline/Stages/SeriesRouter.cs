using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// The label side of one pipeline: its label stages in order, then the head's resolution. Shared by the pipeline's sources; thread safe.
/// A reload that changes label stages makes a new router, whose other generation makes every cache of the pipeline resolve anew.
/// </summary>
internal sealed class SeriesRouter(Tsdb store, IReadOnlyList<ILabelStage> stages)
{
    private static int _generations;

    /// <summary>Differs between any two routers of the process.</summary>
    public int Generation { get; } = Interlocked.Increment(ref _generations);

    /// <summary>The store behind it.</summary>
    public Tsdb Store { get; } = store;

    /// <summary>Runs the label stages, then finds or creates the series. The builder's content is used up.</summary>
    public Route Resolve(LabelsBuilder labels)
    {
        foreach (var stage in stages)
        {
            var reason = stage.Apply(labels);
            if (reason != DropReason.None) return Route.Drop(reason);
        }
        var built = labels.Build();
        return built.IsEmpty ? Route.Drop(DropReason.Relabel) : Route.To(Store.Resolve(built));
    }
}
