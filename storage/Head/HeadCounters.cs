namespace Streamline.Storage.Head;

/// <summary>A number that only rises, safe to add to from any thread.</summary>
internal sealed class Counter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long amount) => Interlocked.Add(ref _value, amount);
}

/// <summary>What the head has done since the start.</summary>
internal sealed class HeadCounters
{
    public Counter SeriesCreated { get; } = new();

    public Counter SeriesRemoved { get; } = new();

    public Counter ChunksCreated { get; } = new();

    public Counter ChunksRemoved { get; } = new();

    public Counter SamplesAppended { get; } = new();

    public Counter HistogramsAppended { get; } = new();

    public Counter OutOfOrderHistograms { get; } = new();

    public Counter OutOfBoundHistograms { get; } = new();

    public Counter OutOfBounds { get; } = new();

    public Counter OutOfOrder { get; } = new();

    public Counter TooOld { get; } = new();

    public Counter TooOldHistograms { get; } = new();

    public Counter OutOfOrderAppended { get; } = new();

    public Counter OutOfOrderHistogramsAppended { get; } = new();

    /// <summary>Told how many milliseconds a sample that came too late for its series lay behind the head's newest one; set once at start.</summary>
    public Action<long> LateBy { get; set; } = static _ => { };

    public Counter StaleHandles { get; } = new();

    public Counter Truncations { get; } = new();

    public Counter UnknownRefs { get; } = new();

    /// <summary>Chunks written to head chunk files.</summary>
    public Counter ChunksMapped { get; } = new();

    /// <summary>Damaged places met in head chunk files.</summary>
    public Counter MappedCorruptions { get; } = new();

    /// <summary>Times that writing head chunks failed.</summary>
    public Counter MapOutFailures { get; } = new();
}
