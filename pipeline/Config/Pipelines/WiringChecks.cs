namespace Streamline.Pipeline.Config;

/// <summary>Checks between parts: names that must be unique, receivers that stand once, pipelines that would carry nothing.</summary>
internal static class WiringChecks
{
    /// <summary>Pipelines that exist without being given sources: receivers named nowhere feed the one, scrape_configs the other.</summary>
    private static readonly string[] FedByDefault = ["default", "scrape"];

    private static readonly string[] OnceOnly = ["push", "remote_write", "otlp"];

    public static void Check(StreamlineConfig config, ConfigErrors errors)
    {
        CheckJobs(config, errors);
        CheckPipelines(config, errors);
        CheckNames(config, errors);
        var writes = config.RemoteWrite.Concat(config.Sinks.Select(s => s.RemoteWrite).OfType<RemoteWriteConfig>());
        Unique(writes, w => w.Name, "name", "remote write", errors);
        Unique(config.RemoteRead, r => r.Name, "name", "remote read", errors);
        bool keepsUtf8 = config.Otlp.TranslationStrategy is OtlpTranslation.NoUtf8EscapingWithSuffixes or OtlpTranslation.NoTranslation;
        if (keepsUtf8 && config.Global.MetricNameValidationScheme == NameValidationScheme.Legacy)
            errors.Add(config.Otlp, "translation_strategy", "this strategy needs the utf8 validation scheme");
    }

    private static void CheckJobs(StreamlineConfig config, ConfigErrors errors)
    {
        var jobs = config.ScrapeConfigs.Concat(config.Pipelines.SelectMany(p => p.Sources).Select(s => s.Scrape).OfType<ScrapeConfig>());
        Unique(jobs, j => j.JobName, "job_name", "job", errors);
    }

    private static void CheckNames(StreamlineConfig config, ConfigErrors errors)
    {
        var steps = config.Alerting.AlertRelabelConfigs
            .Concat(config.Alerting.Alertmanagers.SelectMany(a => a.RelabelConfigs.Concat(a.AlertRelabelConfigs)))
            .Concat(config.RemoteWrite.SelectMany(w => w.WriteRelabelConfigs));
        RelabelChecks.CheckNames(steps, config.Global.MetricNameValidationScheme, errors);
    }

    private static void CheckPipelines(StreamlineConfig config, ConfigErrors errors)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pipeline in config.Pipelines)
        {
            bool isFed = pipeline.Sources.Count > 0 || FedByDefault.Contains(pipeline.Name) || pipeline.Origin.Failed.Contains("sources");
            if (!isFed) errors.Add(pipeline, "sources", $"pipeline \"{pipeline.Name}\" has no source: nothing would flow through it");
            foreach (var source in pipeline.Sources.Where(s => OnceOnly.Contains(s.Kind)))
            {
                if (!seen.TryAdd(source.Kind, pipeline.Name)) errors.Add(source, source.Kind, $"a {source.Kind} source stands already in pipeline \"{seen[source.Kind]}\": its paths are fixed, so there is one");
            }
            foreach (var twice in pipeline.Sources.GroupBy(s => (s.Kind, s.Name)).Where(g => g.Count() > 1 && g.Key.Kind is "host" or "self"))
                errors.Add(twice.Last(), twice.Key.Kind, $"pipeline \"{pipeline.Name}\" has two {twice.Key.Kind} sources named \"{twice.Key.Name}\"");
        }
    }

    private static void Unique<T>(IEnumerable<T> items, Func<T, string> name, string key, string what, ConfigErrors errors) where T : ConfigNode
    {
        var seen = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items.Where(i => name(i).Length > 0))
        {
            if (seen.TryAdd(name(item), item)) continue;
            var first = seen[name(item)].Origin.At(key);
            errors.Add(item, key, $"{what} \"{name(item)}\" exists already, {(first.File == item.Origin.Position.File ? "" : first.File + " ")}line {first.Line}");
        }
    }
}
