using System.Globalization;
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
internal sealed partial class TargetAppender(ScrapeConfig config, TargetFormats formats, Labels target, Relabeler metricRelabeler, SourceMetadata metadata, ScrapeMetrics metrics, TargetAppender? before = null)
{
    // As in Prometheus: what is dated further ahead is a clock gone wrong.
    private const long MaxAheadMs = 10 * 60 * 1000;

    // Of the same target under a configuration that gives the same series: their routes and their end go on.
    private readonly RouteCache _cache = before?._cache ?? new();
    private readonly LabelsBuilder _builder = new();
    private readonly LabelsBuilder _merged = new();
    private readonly List<SeriesHandle> _vanished = [];
    private readonly ReportSeries _report = before?._report ?? new(target);

    /// <summary>Adds the body's samples, then stale markers for the series that vanished.</summary>
    /// <exception cref="ScrapeException">The body breaks its format or a limit. The batch is useless then, and <see cref="Fail"/> is next.</exception>
    public void Fill(SampleBatch batch, ScrapeBody body, SeriesRouter router, long scrapeMs, long nowMs)
    {
        _cache.Use(router.Generation);
        _cache.BeginRound();
        metadata.BeginRound();
        WalkBody(batch, body, new WalkContext(router, scrapeMs, nowMs, IsRefill: false));
        _vanished.Clear();
        _cache.EndRound(_vanished);
        metadata.EndRound();
        AddMarkers(batch, scrapeMs);
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
        WalkBody(batch, body, new WalkContext(router, scrapeMs, nowMs, IsRefill: true));
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

    // honor_labels: what the target says wins, an empty value of its own takes our label away. Else a clashing label of the target becomes exported_NAME.
    private void Merge<T>(ref T reader) where T : IExposition, allows ref struct
    {
        int clashing = 0;
        _merged.Clear();
        for (int i = 0; i < _builder.Count; i++) _merged.Set(_builder.NameAt(i), _builder.ValueAt(i));
        foreach (var pair in target)
        {
            var exposed = _builder.ValueOf(pair.Name);
            if (config.HonorLabels)
            {
                if (exposed.IsEmpty && !reader.DeclaresEmpty(pair.Name)) _merged.Set(pair.Name, pair.Value);
                continue;
            }
            if (!exposed.IsEmpty) clashing++;
            _merged.Set(pair.Name, pair.Value);
        }
        for (int length = 1; clashing > 0; length++) clashing -= Export(length);
    }

    // Shorter names first, as in Prometheus: foo takes exported_foo before that clashes itself.
    private int Export(int nameLength)
    {
        int clashing = 0;
        foreach (var pair in target)
        {
            var exposed = pair.Name.Length == nameLength ? _builder.ValueOf(pair.Name) : default;
            if (exposed.IsEmpty) continue;
            Export(pair.Name, exposed);
            clashing++;
        }
        return clashing;
    }

    private void Export(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte[] exported = [.. "exported_"u8, .. name];
        while (!_merged.ValueOf(exported).IsEmpty || target.Has(exported)) exported = [.. "exported_"u8, .. exported];
        _merged.Set(exported, value);
    }

    private void Check()
    {
        var name = _merged.ValueOf(Labels.MetricName);
        if (name.IsEmpty) throw new ScrapeException("missing metric name (__name__ label)");
        if (config.MetricNameValidationScheme == NameValidationScheme.Legacy) CheckLegacy(name);
        if (config.LabelLimit > 0 && _merged.Count > config.LabelLimit)
            throw OverLabelLimit($"label_limit exceeded (metric: {Shown(name)}, number of labels: {_merged.Count}, limit: {config.LabelLimit})");
        if (config.LabelNameLengthLimit > 0 || config.LabelValueLengthLimit > 0) CheckLengths(name);
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
}
