namespace Streamline.Storage;

/// <summary>A closed range of milliseconds since the Unix epoch, both ends included.</summary>
public readonly record struct TimeRange(long MinMs, long MaxMs)
{
    /// <summary>Everything.</summary>
    public static TimeRange All => new(long.MinValue, long.MaxValue);

    /// <summary>Whether two ranges share a point.</summary>
    public bool Overlaps(TimeRange other) => MinMs <= other.MaxMs && other.MinMs <= MaxMs;
}

/// <summary>What the reader will do with the samples; a store may use it, ignoring it must not change results.</summary>
/// <param name="StepMs">Step of the query, 0 for instant.</param>
/// <param name="Function">Innermost PromQL function around the selector, or empty.</param>
/// <param name="Grouping">Labels of the enclosing aggregation, or null.</param>
/// <param name="By">Whether <paramref name="Grouping"/> is a by-list.</param>
/// <param name="RangeMs">Width of the range selector, 0 for an instant selector.</param>
public sealed record SelectHints(long StepMs = 0, string Function = "", IReadOnlyList<string>? Grouping = null, bool By = false, long RangeMs = 0)
{
    /// <summary>No hints.</summary>
    public static readonly SelectHints None = new();
}

/// <summary>The reading interface: head, blocks and any table look alike, merged, de-duplicated, tombstones applied.</summary>
public interface ISampleStore
{
    /// <summary>Series that match all matchers and may have samples in the range, sorted by labels. The caller disposes the set.</summary>
    SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints);

    /// <summary>Sorted label names of the matching series (all series without matchers); at most <paramref name="limit"/>, 0 for all.</summary>
    IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0);

    /// <summary>Sorted values of one label over the matching series; at most <paramref name="limit"/>, 0 for all.</summary>
    IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0);
}

/// <summary>
/// The answer of <see cref="ISampleStore.Select"/>: labels are known before any sample is read. It pins what it reads (blocks, head snapshot) until disposed.
/// </summary>
public abstract class SeriesSet : IDisposable
{
    /// <summary>Number of series.</summary>
    public abstract int Count { get; }

    /// <summary>Labels of a series, ascending with the index.</summary>
    public abstract Labels LabelsAt(int index);

    /// <summary>
    /// Opens a series for reading, from its first sample inside the range. Give back a cursor of this set to use its memory again.
    /// Cursors of one set may run on different threads; one cursor runs on one.
    /// </summary>
    public abstract SampleCursor Open(int index, SampleCursor? reuse = null);

    /// <summary>Times outside of which no series of the set has a sample.</summary>
    internal virtual TimeRange Bounds => TimeRange.All;

    /// <summary>Lets go of what the set pins; open cursors are dead.</summary>
    public abstract void Dispose();
}

/// <summary>
/// Reads one series in time order, as runs of one kind: floats through <see cref="Next"/>, native histograms through <see cref="NextHistograms"/>. A series of
/// floats only is read by <see cref="Next"/> until it gives 0 with <see cref="AtHistogram"/> false. Whoever reads floats only must look at it too, or misses the rest.
/// </summary>
public abstract class SampleCursor : IDisposable
{
    /// <summary>
    /// Fills the caller's columns with the next float samples and returns their number; 0 at the end or before a histogram. Timestamps rise strictly
    /// and lie inside the range; stale markers are delivered by their bits (the operators treat them). Allocates nothing.
    /// </summary>
    /// <exception cref="StorageCorruptionException">A chunk fails its check; the exception names file and offset.</exception>
    public abstract int Next(Span<long> timestamps, Span<double> values);

    /// <summary>Whether the next sample is a native histogram; known after <see cref="Next"/> gave 0.</summary>
    public virtual bool AtHistogram => false;

    /// <summary>
    /// Fills the caller's columns with the next histograms and returns their number; 0 at the end or before a float. Histograms are immutable and may be
    /// kept; those of one chunk share spans. Resets between samples stand in <see cref="NativeHistogram.ResetHint"/>, Unknown after a gap between chunks.
    /// </summary>
    /// <exception cref="StorageCorruptionException">A chunk fails its check; the exception names file and offset.</exception>
    public virtual int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms) => 0;

    /// <summary>Start timestamps (ms, 0 unknown) of the run given last, one a sample; empty when none is known. Valid until the next call.</summary>
    public virtual ReadOnlySpan<long> StartTimestamps => [];

    /// <summary>Returns pooled memory.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
