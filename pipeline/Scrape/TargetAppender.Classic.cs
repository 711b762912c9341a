using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <content>Classic histograms of text bodies made native ones with custom buckets.</content>
internal sealed partial class TargetAppender
{
    /// <summary>Takes a line that belongs to a classic histogram, and gives the histogram before it when it is complete; true when the line is used up.</summary>
    private bool Collect<T>(SampleBatch batch, ExpositionEvent found, ref T reader, in WalkContext context) where T : IExposition, allows ref struct
    {
        var place = found == ExpositionEvent.Sample ? _collector!.Place(ref reader) : PartOf.None;
        if (place != PartOf.This && _collector!.IsCollecting) AddCollected(batch, ref reader, context);
        if (place == PartOf.None) return false;
        _collector!.Take(ref reader, context.ScrapeMs);
        return !formats.Options.KeepClassic;
    }

    private void AddCollected<T>(SampleBatch batch, ref T reader, in WalkContext context) where T : IExposition, allows ref struct
    {
        if (_collector!.Give() is not { } histogram) return;
        _scraped++;
        bool timed = _collector.HasTimestamp && config.HonorTimestamps;
        bool track = !timed || config.TrackTimestampsStaleness;
        if (!_cache.TryTouch(_collector.Key, track, out var route, out bool repeated)) route = ResolveCollected(ref reader, track, context.Router);
        else if (context.IsRefill) route = route.IsDropped || context.Router.Store.IsLive(route.Handle) ? Route.Drop(DropReason.Relabel) : ResolveCollected(ref reader, track, context.Router);
        if (!IsKept(batch, route)) return;
        long timestampMs = timed ? _collector.TimestampMs : context.ScrapeMs;
        if (repeated && !timed && !context.IsRefill) _duplicates++;
        else if (timed && timestampMs > context.NowMs + MaxAheadMs) _outOfBounds++;
        else if (formats.Fit(histogram) is not { } fitting) PassBucketLimit();
        else
        {
            batch.Add(route.Handle, timestampMs, fitting);
            if (_collector.StartMs != 0) batch.SetStart(_collector.StartMs);
            AddExemplars(batch, route.Handle, _collector.Exemplars);
        }
    }

    private Route ResolveCollected<T>(ref T reader, bool track, SeriesRouter router) where T : IExposition, allows ref struct
    {
        _builder.Clear();
        for (int i = 0; i < _collector!.Labels.Count; i++) _builder.Set(_collector.Labels.NameAt(i), _collector.Labels.ValueAt(i));
        Merge(ref reader);
        return ResolveMerged(_collector.Key, track, router);
    }
}
