using System.Runtime.CompilerServices;
using Streamline.Pipeline.Graph;

namespace Streamline.Pipeline;

/// <summary>The live tail: samples as they pass a node of the graph.</summary>
public sealed partial class PipelineHost
{
    private readonly LiveTaps _taps = new();

    /// <summary>Why a live tail cannot be given, or null: no such node, no samples pass there, or too many watch already.</summary>
    public string? LiveProblem(LiveRequest request) =>
        WatchOf(request.Node) is null ? $"no samples pass a node \"{request.Node}\"; these they do: {string.Join(", ", LiveNodes())}" : null;

    /// <summary>Nodes that a live tail can stand at.</summary>
    public IReadOnlyList<string> LiveNodes()
    {
        var chains = Volatile.Read(ref _chains).Values;
        return [.. chains.SelectMany(c => c.Entries.Select(e => e.From)).Concat(chains.SelectMany(c => c.Boxes.Select(b => b.Id))).Append(GraphPlan.AppendId).Distinct()];
    }

    /// <summary>Samples that pass a node, until cancelled. It ends at once when as many watch as may.</summary>
    public async IAsyncEnumerable<LiveWindow> LiveAsync(LiveRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (WatchOf(request.Node) is not { } watches) yield break;
        using var tap = new LiveTap(watches, request.Selectors, request.SamplesPerSecond, Store, _options.Time, Random.Shared.Next());
        if (!_taps.TryAdd(tap)) yield break;
        try
        {
            await foreach (var window in tap.ReadAsync(cancellation).ConfigureAwait(false)) yield return window;
        }
        finally
        {
            _taps.Remove(tap);
        }
    }

    // Which arrows are watched. Label stages work inside the sources: what passes them is what enters their pipeline.
    private Func<Edge, bool>? WatchOf(string node)
    {
        if (node == GraphPlan.AppendId) return edge => edge.To == node;
        foreach (var chain in Volatile.Read(ref _chains).Values)
        {
            if (chain.Entries.Any(e => e.From == node)) return edge => edge.IsEntry && edge.From == node;
            if (chain.Boxes.FirstOrDefault(b => b.Id == node) is not { } box) continue;
            string pipeline = chain.Name;
            return box.IsBatch ? edge => edge.To == node : edge => edge.IsEntry && edge.Pipeline == pipeline;
        }
        return null;
    }
}
