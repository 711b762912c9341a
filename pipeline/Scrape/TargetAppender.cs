using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <summary>
/// Turns the bodies of one target into batches: known series by their route, new ones decoded, merged with the target's labels, relabelled, checked and
/// resolved; staleness markers for what vanished. One scrape at a time. Hot path: a body of known series allocates nothing here.
/// </summary>
internal sealed class TargetAppender(ScrapeConfig config, Labels target, Relabeler metricRelabeler, SourceMetadata metadata, ScrapeMetrics metrics)
{
    // As in Prometheus: what is dated further ahead is a clock gone wrong.
    private const long MaxAheadMs = 10 * 60 * 1000;

    private readonly RouteCache _cache = new();
    private readonly LabelsBuilder _builder = new();
    private readonly LabelsBuilder _merged = new();
    private readonly List<SeriesHandle> _vanished = [];
    private readonly ReportSeries _report = new(target);

    /// <summary>Adds the body's samples, then stale markers for the series that vanished.</summary>
    /// <exception cref="ScrapeException">The body breaks its format or a limit. The batch is useless then, and <see cref="Fail"/> is next.</exception>
    public ScrapeCounts Fill(SampleBatch batch, ScrapeBody body, SeriesRouter router, long scrapeMs, long nowMs)
    {
        _cache.Use(router.Generation);
        _cache.BeginRound();
        metadata.BeginRound();
        var counts = Walk(batch, body, router, scrapeMs, nowMs);
        _vanished.Clear();
        _cache.EndRound(_vanished);
        metadata.EndRound();
        AddMarkers(batch, scrapeMs);
        return counts;
    }

    /// <summary>The scrape failed: adds stale markers for all series of the last good one.</summary>
    public void Fail(SampleBatch batch, long scrapeMs, bool roundBegun)
    {
        if (!roundBegun) _cache.BeginRound();
        _vanished.Clear();
        _cache.FailRound(_vanished);
        AddMarkers(batch, scrapeMs);
    }

    /// <summary>Adds up and the other report series.</summary>
    public void Report(SampleBatch batch, SeriesRouter router, long scrapeMs, in ScrapeReport report) => _report.AddTo(batch, router, scrapeMs, report);

    /// <summary>Some handles had left the head: resolves those series again and adds their samples only.</summary>
    public void Refill(SampleBatch batch, ScrapeBody? body, SeriesRouter router, long scrapeMs, long nowMs)
    {
        _report.Forget();
        if (body is null) return;
        var reader = new ExpositionReader(body.Bytes, body.Format);
        int added = 0;
        while (true)
        {
            var found = reader.Next();
            if (found is ExpositionEvent.End or ExpositionEvent.Error) return;
            if (found != ExpositionEvent.Sample) continue;
            bool timed = reader.HasTimestamp && config.HonorTimestamps;
            var key = RouteKey.Of(reader.Series);
            if (!_cache.TryTouch(key, !timed || config.TrackTimestampsStaleness, out var route, out _)) continue;
            if (route.IsDropped || router.Store.IsLive(route.Handle)) continue;
            route = ResolveNew(ref reader, key, timed, router, ref added);
            if (!route.IsDropped && !(timed && reader.TimestampMs > nowMs + MaxAheadMs))
                batch.Add(route.Handle, timed ? reader.TimestampMs : scrapeMs, reader.Value);
        }
    }

    /// <summary>The target is gone: adds stale markers for all its series, report series included.</summary>
    public void End(SampleBatch batch, long markerMs)
    {
        Fail(batch, markerMs, roundBegun: false);
        _report.AddMarkers(batch, markerMs);
    }

    private void AddMarkers(SampleBatch batch, long scrapeMs)
    {
        foreach (var handle in _vanished) batch.Add(handle, scrapeMs, StaleMarker.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ScrapeCounts Walk(SampleBatch batch, ScrapeBody body, SeriesRouter router, long scrapeMs, long nowMs)
    {
        int scraped = 0, kept = 0, added = 0, duplicates = 0, outOfBounds = 0;
        var reader = new ExpositionReader(body.Bytes, body.Format);
        while (true)
        {
            var found = reader.Next();
            if (found == ExpositionEvent.End) break;
            if (found == ExpositionEvent.Error) throw Broken(reader);
            if (found != ExpositionEvent.Sample)
            {
                metadata.Take(found, reader);
                continue;
            }
            scraped++;
            bool timed = reader.HasTimestamp && config.HonorTimestamps;
            var key = RouteKey.Of(reader.Series);
            if (!_cache.TryTouch(key, !timed || config.TrackTimestampsStaleness, out var route, out bool repeated))
                route = ResolveNew(ref reader, key, timed, router, ref added);
            if (route.IsDropped)
            {
                if (route.Dropped == DropReason.Limit) batch.Drop(RejectReason.Limit);
                continue;
            }
            if (++kept > config.SampleLimit && config.SampleLimit > 0) throw OverSampleLimit();
            if (repeated && !timed) duplicates++;
            else if (timed && reader.TimestampMs > nowMs + MaxAheadMs) outOfBounds++;
            else batch.Add(route.Handle, timed ? reader.TimestampMs : scrapeMs, reader.Value);
        }
        if (duplicates > 0) metrics.Duplicates.Add(duplicates);
        if (outOfBounds > 0) metrics.OutOfBounds.Add(outOfBounds);
        return new ScrapeCounts(scraped, kept, added);
    }

    private Route ResolveNew(ref ExpositionReader reader, RouteKey key, bool timed, SeriesRouter router, ref int added)
    {
        if (SeriesText.Decode(reader.Series, reader.Type, _builder) is { } reason)
        {
            reader.Fail(reason);
            throw Broken(reader);
        }
        Merge(reader.Series);
        var route = metricRelabeler.Keep(_merged) && _merged.Count > 0 ? Checked(router) : Route.Drop(DropReason.Relabel);
        _cache.Add(key, route, !timed || config.TrackTimestampsStaleness);
        if (!route.IsDropped) added++;
        return route;
    }

    // honor_labels: what the target says wins, an empty value of its own takes our label away. Else a clashing label of the target becomes exported_NAME.
    private void Merge(ReadOnlySpan<byte> series)
    {
        _merged.Clear();
        for (int i = 0; i < _builder.Count; i++) _merged.Set(_builder.NameAt(i), _builder.ValueAt(i));
        foreach (var pair in target)
        {
            var exposed = _builder.ValueOf(pair.Name);
            if (config.HonorLabels)
            {
                if (exposed.IsEmpty && !SeriesText.DeclaresEmpty(series, pair.Name)) _merged.Set(pair.Name, pair.Value);
                continue;
            }
            if (!exposed.IsEmpty) Export(pair.Name, exposed);
            _merged.Set(pair.Name, pair.Value);
        }
    }

    private void Export(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte[] exported = [.. "exported_"u8, .. name];
        while (!_merged.ValueOf(exported).IsEmpty || target.Has(exported)) exported = [.. "exported_"u8, .. exported];
        _merged.Set(exported, value);
    }

    private Route Checked(SeriesRouter router)
    {
        var name = _merged.ValueOf(Labels.MetricName);
        if (name.IsEmpty) throw new ScrapeException("missing metric name (__name__ label)");
        if (config.MetricNameValidationScheme == NameValidationScheme.Legacy) CheckLegacy(name);
        if (config.LabelLimit > 0 && _merged.Count > config.LabelLimit)
            throw OverLabelLimit($"label_limit exceeded (metric: {Shown(name)}, number of labels: {_merged.Count}, limit: {config.LabelLimit})");
        if (config.LabelNameLengthLimit > 0 || config.LabelValueLengthLimit > 0) CheckLengths(name);
        return router.Resolve(_merged);
    }

    private void CheckLegacy(ReadOnlySpan<byte> name)
    {
        bool valid = LabelNames.IsLegacyMetric(name);
        for (int i = 0; i < _merged.Count; i++) valid &= LabelNames.IsLegacy(_merged.NameAt(i));
        if (!valid) throw new ScrapeException($"invalid metric name or label names under the legacy scheme: {Shown(name)}");
    }

    private void CheckLengths(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _merged.Count; i++)
        {
            var label = _merged.NameAt(i);
            int value = _merged.ValueAt(i).Length;
            if (config.LabelNameLengthLimit > 0 && label.Length > config.LabelNameLengthLimit)
                throw OverLabelLimit($"label_name_length_limit exceeded (metric: {Shown(name)}, label name: {Shown(label)}, length: {label.Length}, limit: {config.LabelNameLengthLimit})");
            if (config.LabelValueLengthLimit > 0 && value > config.LabelValueLengthLimit)
                throw OverLabelLimit($"label_value_length_limit exceeded (metric: {Shown(name)}, label name: {Shown(label)}, length: {value}, limit: {config.LabelValueLengthLimit})");
        }
    }

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text.Length <= 50 ? text : text[..50]);

    private static ScrapeException OverLabelLimit(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture), ScrapeFailure.LabelLimits);

    private static ScrapeException OverSampleLimit() => new("sample limit exceeded", ScrapeFailure.SampleLimit);

    private static ScrapeException Broken(in ExpositionReader reader) => new(string.Create(CultureInfo.InvariantCulture, $"line {reader.Line}: {reader.Reason}"));
}
