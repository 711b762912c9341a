namespace Streamline.Pipeline.Config;

/// <summary>What a job inherits from <c>global</c>.</summary>
internal static class ScrapeDefaults
{
    private static readonly ScrapeProtocol[] TextProtocols =
        [ScrapeProtocol.OpenMetricsText100, ScrapeProtocol.OpenMetricsText001, ScrapeProtocol.PrometheusText100, ScrapeProtocol.PrometheusText004];

    public static ScrapeConfig Apply(ScrapeConfig job, GlobalConfig global, ConfigErrors errors)
    {
        var validation = job.MetricNameValidationScheme ?? global.MetricNameValidationScheme;
        // A job with a validation scheme of its own takes no escaping from global, but the one that goes with its scheme.
        var escaping = job.MetricNameEscapingScheme ?? (job.MetricNameValidationScheme is null ? global.MetricNameEscapingScheme : null) ?? EscapingOf(validation);
        if (validation == NameValidationScheme.Legacy && escaping == NameEscapingScheme.AllowUtf8)
            errors.Add(job, "metric_name_escaping_scheme", "allow-utf-8 cannot stand with the legacy validation scheme");
        RelabelChecks.CheckNames(job.RelabelConfigs, validation, errors);
        RelabelChecks.CheckNames(job.MetricRelabelConfigs, validation, errors);
        bool nativeHistograms = job.ScrapeNativeHistograms ?? global.ScrapeNativeHistograms;
        var interval = job.ScrapeInterval > TimeSpan.Zero ? job.ScrapeInterval : global.ScrapeInterval;
        return job with
        {
            ScrapeInterval = interval,
            ScrapeTimeout = Timeout(job, global, interval, errors),
            ScrapeProtocols = job.ScrapeProtocols ?? global.ScrapeProtocols ?? (nativeHistograms ? [ScrapeProtocol.PrometheusProto, .. TextProtocols] : TextProtocols),
            MetricNameValidationScheme = validation,
            MetricNameEscapingScheme = escaping,
            ScrapeNativeHistograms = nativeHistograms,
            ConvertClassicHistogramsToNhcb = job.ConvertClassicHistogramsToNhcb ?? global.ConvertClassicHistogramsToNhcb,
            AlwaysScrapeClassicHistograms = job.AlwaysScrapeClassicHistograms ?? global.AlwaysScrapeClassicHistograms,
            ExtraScrapeMetrics = job.ExtraScrapeMetrics ?? global.ExtraScrapeMetrics,
            ScrapeFailureLogFile = job.ScrapeFailureLogFile.Length > 0 ? job.ScrapeFailureLogFile : global.ScrapeFailureLogFile,
            BodySizeLimit = job.BodySizeLimit.Bytes > 0 ? job.BodySizeLimit : global.BodySizeLimit,
            SampleLimit = Or(job.SampleLimit, global.SampleLimit),
            TargetLimit = Or(job.TargetLimit, global.TargetLimit),
            LabelLimit = Or(job.LabelLimit, global.LabelLimit),
            LabelNameLengthLimit = Or(job.LabelNameLengthLimit, global.LabelNameLengthLimit),
            LabelValueLengthLimit = Or(job.LabelValueLengthLimit, global.LabelValueLengthLimit),
            KeepDroppedTargets = Or(job.KeepDroppedTargets, global.KeepDroppedTargets),
        };
    }

    private static NameEscapingScheme EscapingOf(NameValidationScheme validation) => validation switch
    {
        NameValidationScheme.Legacy => NameEscapingScheme.Underscores,
        NameValidationScheme.Utf8 => NameEscapingScheme.AllowUtf8,
    };

    private static TimeSpan Timeout(ScrapeConfig job, GlobalConfig global, TimeSpan interval, ConfigErrors errors)
    {
        if (job.ScrapeTimeout <= TimeSpan.Zero) return global.ScrapeTimeout < interval ? global.ScrapeTimeout : interval;
        if (job.ScrapeTimeout > interval && !job.Origin.Failed.Contains("scrape_interval"))
            errors.Add(job, "scrape_timeout", $"the scrape timeout is above the scrape interval of {ConfigScalars.FormatDuration(interval)}");
        return job.ScrapeTimeout;
    }

    private static int Or(int own, int inherited) => own > 0 ? own : inherited;
}
