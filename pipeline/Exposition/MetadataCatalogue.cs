namespace Streamline.Pipeline.Exposition;

/// <summary>Metadata of all sources, as /api/v1/metadata shows it: by family, each distinct description once. Thread safe.</summary>
internal sealed class MetadataCatalogue
{
    private readonly Lock _lock = new();
    private readonly HashSet<SourceMetadata> _sources = [];

    /// <summary>A source's part; <see cref="Remove"/> it when the source ends.</summary>
    public SourceMetadata Add()
    {
        var source = new SourceMetadata();
        lock (_lock) _sources.Add(source);
        return source;
    }

    /// <summary>Takes a part that its source has filled already.</summary>
    public void Add(SourceMetadata source)
    {
        lock (_lock) _sources.Add(source);
    }

    public void Remove(SourceMetadata source)
    {
        lock (_lock) _sources.Remove(source);
    }

    /// <summary>Families in ordinal order; <paramref name="family"/> null gives all.</summary>
    public SortedDictionary<string, List<MetricMetadata>> Snapshot(string? family = null)
    {
        SourceMetadata[] sources;
        lock (_lock) sources = [.. _sources];
        var all = new List<(string Family, MetricMetadata Metadata)>();
        foreach (var source in sources) source.CopyTo(all, family);
        var byFamily = new SortedDictionary<string, List<MetricMetadata>>(StringComparer.Ordinal);
        foreach (var (name, metadata) in all)
        {
            if (!byFamily.TryGetValue(name, out var list)) byFamily[name] = list = [];
            if (!list.Contains(metadata)) list.Add(metadata);
        }
        return byFamily;
    }
}
