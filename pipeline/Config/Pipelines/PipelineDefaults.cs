using System.Globalization;

namespace Streamline.Pipeline.Config;

/// <summary>Inherited values and names of the sources in pipelines.</summary>
internal static class PipelineDefaults
{
    public static IReadOnlyList<PipelineConfig> Apply(IReadOnlyList<PipelineConfig> pipelines, GlobalConfig global, ConfigErrors errors) =>
        [.. pipelines.Select(p => p with { Sources = Name([.. p.Sources.Select(s => Inherit(s, global, errors))]) })];

    private static SourceConfig Inherit(SourceConfig source, GlobalConfig global, ConfigErrors errors) => source with
    {
        Scrape = source.Scrape is null ? null : ScrapeDefaults.Apply(source.Scrape, global, errors),
        Host = source.Host is null ? null : source.Host with { Interval = Or(source.Host.Interval, global) },
        Self = source.Self is null ? null : source.Self with { Interval = Or(source.Self.Interval, global) },
        Push = source.Push is null ? null : source.Push with { Interval = Or(source.Push.Interval, global) },
    };

    private static TimeSpan Or(TimeSpan own, GlobalConfig global) => own > TimeSpan.Zero ? own : global.ScrapeInterval;

    /// <summary>A source without a name is called by its place among its kind, so that an edit elsewhere does not rename it.</summary>
    private static List<SourceConfig> Name(List<SourceConfig> sources)
    {
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. sources.Select(s =>
        {
            int ordinal = ordinals[s.Kind] = ordinals.GetValueOrDefault(s.Kind) + 1;
            string own = WrittenName(s);
            return s with { Name = own.Length > 0 ? own : ordinal.ToString(CultureInfo.InvariantCulture) };
        })];
    }

    private static string WrittenName(SourceConfig source) =>
        source.Scrape?.JobName ?? source.Host?.Name ?? source.Self?.Name ?? source.Push?.Name ?? source.RemoteWrite?.Name ?? source.Otlp?.Name ?? "";
}
