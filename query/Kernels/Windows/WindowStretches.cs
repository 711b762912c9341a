namespace Streamline.Query.Kernels.Windows;

/// <summary>
/// A series cut at all edges of its windows: each window is a number of whole stretches, neighbours share them. Depends on times alone and is kept as long as
/// these are the same.
/// </summary>
internal sealed class WindowStretches
{
    private int _version;
    private int[] _edges = [];
    private int[] _from = [];
    private int[] _to = [];

    /// <summary>Position of the first sample of each stretch, and one more behind the last.</summary>
    public ReadOnlySpan<int> Edges => _edges;

    /// <summary>First stretch of each step's window.</summary>
    public ReadOnlySpan<int> From => _from;

    /// <summary>First stretch behind each step's window; that of <see cref="From"/> when the window is empty.</summary>
    public ReadOnlySpan<int> To => _to;

    /// <summary>Cuts anew where the places have changed.</summary>
    public void Find(WindowPlaces places)
    {
        if (_version == places.Version) return;
        _version = places.Version;
        int steps = places.From.Length;
        if (_from.Length != steps) (_from, _to, _edges) = (new int[steps], new int[steps], new int[2 * steps]);
        // Both edges rise from step to step, so all of them are found in order by merging the two.
        int count = 0, from = 0, to = 0;
        while (to < steps)
        {
            bool takesFrom = from < steps && places.From[from] <= places.To[to];
            int edge = takesFrom ? places.From[from] : places.To[to];
            if (count == 0 || _edges[count - 1] != edge) _edges[count++] = edge;
            if (takesFrom) _from[from++] = count - 1;
            else _to[to++] = count - 1;
        }
        while (from < steps) _from[from++] = count - 1;
    }
}
