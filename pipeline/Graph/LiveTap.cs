using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>
/// One watcher: batches wait for it in a bounded channel, it looks for the samples that match, and gives a random choice of them five times a second
/// (a reservoir per window: a flood of one series does not hide the others behind it).
/// </summary>
internal sealed class LiveTap(Func<Edge, bool> watches, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, int samplesPerSecond, Tsdb store, TimeProvider time, int seed) : IDisposable
{
    private const int WindowsPerSecond = 5;

    // Batches are retained while they wait: few, so that a slow reader keeps little memory.
    private const int WaitingBatches = 32;

    // Without a sample to show, a sign of life with the counts.
    private const int QuietWindows = 15;
    private const int MaxKnownSeries = 100_000;

    private readonly Channel<SampleBatch> _batches = Channel.CreateBounded<SampleBatch>(WaitingBatches);
    private readonly Dictionary<SeriesHandle, Labels?> _known = [];
    private readonly List<LiveSample> _chosen = [];
    private readonly int _perWindow = Math.Max(1, samplesPerSecond / WindowsPerSecond);
    private readonly Random _random = new(seed);
    private long _seen, _matched, _shown, _missed;
    private int _matchedInWindow;

    public bool Watches(Edge edge) => watches(edge);

    /// <summary>Called on the threads that carry samples: takes the batch or misses it, never waits.</summary>
    public void Offer(SampleBatch batch)
    {
        batch.Retain();
        if (_batches.Writer.TryWrite(batch)) return;
        batch.Release();
        Interlocked.Increment(ref _missed);
    }

    /// <summary>What passes, until cancelled.</summary>
    public async IAsyncEnumerable<LiveWindow> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var more = _batches.Reader.WaitToReadAsync(cancellation).AsTask();
        for (int quiet = 0; ; quiet++)
        {
            var end = Task.Delay(TimeSpan.FromMilliseconds(1000.0 / WindowsPerSecond), time, cancellation);
            while (!end.IsCompleted)
            {
                await Task.WhenAny(more, end).ConfigureAwait(false);
                while (_batches.Reader.TryRead(out var batch)) Take(batch);
                if (more.IsCompleted) more = _batches.Reader.WaitToReadAsync(cancellation).AsTask();
            }
            cancellation.ThrowIfCancellationRequested();
            if (_chosen.Count == 0 && quiet % QuietWindows != 0) continue;
            quiet = 0;
            yield return Flush();
        }
    }

    public void Dispose()
    {
        _batches.Writer.TryComplete();
        while (_batches.Reader.TryRead(out var batch)) batch.Release();
    }

    private LiveWindow Flush()
    {
        _shown += _chosen.Count;
        var window = new LiveWindow([.. _chosen.OrderBy(s => s.TimestampMs)], _seen, _matched, _shown, Interlocked.Read(ref _missed));
        _chosen.Clear();
        _matchedInWindow = 0;
        return window;
    }

    private void Take(SampleBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            _seen++;
            if (Match(batch.Handles[i]) is not { } labels) continue;
            _matched++;
            Choose(batch, i, labels);
        }
        batch.Release();
    }

    private void Choose(SampleBatch batch, int index, Labels labels)
    {
        int place = _matchedInWindow++;
        if (place >= _perWindow) place = _random.Next(_matchedInWindow);
        if (place >= _perWindow) return;
        var sample = new LiveSample(batch.Source, labels, batch.Timestamps[index], batch.Values[index], batch.HasHistograms ? batch.Histograms[index] : null);
        if (place == _chosen.Count) _chosen.Add(sample);
        else _chosen[place] = sample;
    }

    // Null for series that do not match; asked once a series.
    private Labels? Match(SeriesHandle handle)
    {
        if (_known.TryGetValue(handle, out var labels)) return labels;
        if (_known.Count >= MaxKnownSeries) _known.Clear();
        labels = store.LabelsOf(handle);
        if (labels is not null && selectors.Count > 0 && !selectors.Any(s => s.All(m => m.Matches(labels.ValueOf(System.Text.Encoding.UTF8.GetBytes(m.Name)))))) labels = null;
        return _known[handle] = labels;
    }
}
