using System.Runtime.CompilerServices;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <content>The walk over a body, the same for every format.</content>
internal sealed partial class TargetAppender
{
    private readonly ProtobufScratch _protobuf = new();
    private readonly ClassicCollector? _collector = formats.Options.ConvertClassic ? new ClassicCollector() : null;
    private readonly LabelsBuilder _exemplarLabels = new();
    private readonly List<Exemplar> _exemplars = [];

    // What the running walk has counted.
    private int _scraped, _kept, _duplicates, _outOfBounds;

    // A limit that was passed, and the series added until then. The walk goes on, so that the report says how much there was.
    private ScrapeException? _exceeded;
    private int _addedBefore;

    /// <summary>What the last body held, as far as it was walked.</summary>
    public ScrapeCounts Counts => new(_scraped, _kept, _exceeded is null ? _cache.AddedInRound : _addedBefore);

    /// <param name="Router">The label side of the pipeline.</param>
    /// <param name="ScrapeMs">Date of samples without a date of their own.</param>
    /// <param name="NowMs">The clock, for samples dated ahead.</param>
    /// <param name="IsRefill">Only series that had left the head are resolved again and added.</param>
    private readonly record struct WalkContext(SeriesRouter Router, long ScrapeMs, long NowMs, bool IsRefill);

    private void WalkBody(SampleBatch batch, ScrapeBody body, in WalkContext context)
    {
        (_scraped, _kept, _duplicates, _outOfBounds, _exceeded) = (0, 0, 0, 0, null);
        _collector?.BeginBody();
        try
        {
            if (body.Format == ExpositionFormat.Protobuf)
            {
                var reader = new ProtobufExposition(body.Bytes, formats.Options, _protobuf);
                Walk(batch, ref reader, context);
            }
            else
            {
                var reader = new ExpositionReader(body.Bytes, body.Format, formats.Options);
                Walk(batch, ref reader, context);
            }
        }
        catch (IngestFormatException error)
        {
            throw new ScrapeException(error.Message, ScrapeFailure.Other, error);
        }
        if (context.IsRefill) return;
        if (_duplicates > 0) metrics.Duplicates.Add(_duplicates);
        if (_outOfBounds > 0) metrics.OutOfBounds.Add(_outOfBounds);
        if (_exceeded is not null) throw _exceeded;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Walk<T>(SampleBatch batch, ref T reader, in WalkContext context) where T : IExposition, allows ref struct
    {
        bool hasExtras = formats.HasExtras;
        while (true)
        {
            var found = reader.Next();
            if (found == ExpositionEvent.Error) throw new ScrapeException(reader.Problem);
            if (_collector is not null && found != ExpositionEvent.Histogram && Collect(batch, found, ref reader, context)) continue;
            if (found == ExpositionEvent.End) return;
            if (found is not (ExpositionEvent.Sample or ExpositionEvent.Histogram))
            {
                reader.Tell(found, metadata);
                continue;
            }
            _scraped++;
            bool timed = reader.HasTimestamp && config.HonorTimestamps;
            bool track = !timed || config.TrackTimestampsStaleness;
            var key = reader.Key;
            if (!_cache.TryTouch(key, track, out var route, out bool repeated)) route = ResolveNew(ref reader, key, track, context.Router);
            else if (context.IsRefill) route = ResolveAgain(ref reader, key, route, track, context.Router);
            if (!IsKept(batch, route)) continue;
            long timestampMs = timed ? reader.TimestampMs : context.ScrapeMs;
            // In a refill the round has met all of them already.
            if (repeated && !timed && !context.IsRefill) _duplicates++;
            else if (timed && timestampMs > context.NowMs + MaxAheadMs) _outOfBounds++;
            else if (found == ExpositionEvent.Sample && !hasExtras) batch.Add(route.Handle, timestampMs, reader.Value);
            else AddWithExtras(batch, route.Handle, timestampMs, found, ref reader);
        }
    }

    private bool IsKept(SampleBatch batch, in Route route)
    {
        if (!route.IsDropped) return ++_kept <= config.SampleLimit || config.SampleLimit == 0 || PassSampleLimit();
        if (route.Dropped == DropReason.Limit) batch.Drop(RejectReason.Limit);
        return false;
    }

    private Route ResolveNew<T>(ref T reader, RouteKey key, bool track, SeriesRouter router) where T : IExposition, allows ref struct
    {
        if (reader.Decode(_builder) is { } reason)
        {
            // A line that cannot be read is no sample.
            _scraped--;
            reader.Fail(reason);
            throw new ScrapeException(reader.Problem);
        }
        Merge(ref reader);
        return ResolveMerged(key, track, router);
    }

    private Route ResolveMerged(RouteKey key, bool track, SeriesRouter router)
    {
        bool isKept = metricRelabeler.Keep(_merged) && _merged.Count > 0;
        if (isKept) Check();
        // Beyond the limit nothing is stored: no series is made in the head.
        if (isKept && config.SampleLimit > 0 && _kept >= config.SampleLimit)
        {
            _kept++;
            PassSampleLimit();
            return Route.Drop(DropReason.Relabel);
        }
        var route = isKept ? router.Resolve(_merged) : Route.Drop(DropReason.Relabel);
        _cache.Add(key, route, track);
        return route;
    }

    // Series that are still in the head have their sample: they are passed over as if relabelling had dropped them.
    private Route ResolveAgain<T>(ref T reader, RouteKey key, Route route, bool track, SeriesRouter router) where T : IExposition, allows ref struct =>
        route.IsDropped || router.Store.IsLive(route.Handle) ? Route.Drop(DropReason.Relabel) : ResolveNew(ref reader, key, track, router);

    private void AddWithExtras<T>(SampleBatch batch, SeriesHandle handle, long timestampMs, ExpositionEvent found, ref T reader) where T : IExposition, allows ref struct
    {
        if (found == ExpositionEvent.Sample) batch.Add(handle, timestampMs, reader.Value);
        else if (formats.Fit(reader.Histogram) is { } histogram) batch.Add(handle, timestampMs, histogram);
        else PassBucketLimit();
        long startMs = reader.StartMs;
        if (startMs != 0) batch.SetStart(startMs);
        if (!formats.Options.Exemplars) return;
        _exemplars.Clear();
        while (reader.TryExemplar(_exemplarLabels, timestampMs, out var exemplar)) _exemplars.Add(exemplar);
        AddExemplars(batch, handle, _exemplars);
    }

    private static void AddExemplars(SampleBatch batch, SeriesHandle handle, List<Exemplar> exemplars)
    {
        if (exemplars.Count > 1) exemplars.Sort(InOrderOfTheStore);
        foreach (var exemplar in exemplars) batch.Add(handle, exemplar);
    }

    // The store takes none that is older than the one before, nor, at one time, one of a smaller value.
    private static int InOrderOfTheStore(Exemplar left, Exemplar right)
    {
        int order = left.TimestampMs.CompareTo(right.TimestampMs);
        if (order == 0) order = left.Value.CompareTo(right.Value);
        return order != 0 ? order : left.Labels.Hash.CompareTo(right.Labels.Hash);
    }

    private bool PassSampleLimit()
    {
        if (_exceeded?.Failure != ScrapeFailure.SampleLimit) Exceed(new ScrapeException("sample limit exceeded", ScrapeFailure.SampleLimit));
        return false;
    }

    private void PassBucketLimit()
    {
        if (_exceeded is null) Exceed(new ScrapeException("histogram bucket limit exceeded", ScrapeFailure.BucketLimit));
    }

    private void Exceed(ScrapeException limit)
    {
        if (_exceeded is null) _addedBefore = _cache.AddedInRound;
        _exceeded = limit;
    }
}
