using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>The operating system's name and version, from os-release(5).</summary>
internal sealed partial class OsCollector : IHostCollector
{
    private static readonly string[] Names = ["build_id", "id", "id_like", "image_id", "image_version", "name", "pretty_name", "variant", "variant_id", "version", "version_codename", "version_id"];

    private static readonly byte[][] Labels = [.. Names.Select(HostSeries.Utf8)];

    private static readonly HostFamily Info = HostFamily.Gauge("node_os_info", "Always 1: the fields of os-release as labels.");
    private static readonly HostFamily Version = HostFamily.Gauge("node_os_version", "First two parts of the operating system's version, as one number.");
    private static readonly HostFamily SupportEnd = HostFamily.Gauge("node_os_support_end_timestamp_seconds", "When the operating system's maker stops supporting it, seconds since 1970.");

    private readonly Inventory<Release> _release = new(Read);

    public IEnumerable<HostFamily> Families => [Info, Version, SupportEnd];

    // No facts: no file.
    private sealed record Release(Dictionary<string, string> Facts)
    {
        public string Id { get; } = Facts.GetValueOrDefault("ID", "");

        public string IdLike { get; } = Facts.GetValueOrDefault("ID_LIKE", "");

        public string Name { get; } = Facts.GetValueOrDefault("NAME", "");

        public string[] Labels { get; } = [.. Names.Select(name => Facts.GetValueOrDefault(name.ToUpperInvariant(), ""))];

        public double Number { get; } = MajorMinor().Match(Facts.GetValueOrDefault("VERSION_ID", "")) is { Success: true } match ? double.Parse(match.Value, CultureInfo.InvariantCulture) : 0;

        public double SupportEnd { get; } = DateTimeOffset.TryParseExact(Facts.GetValueOrDefault("SUPPORT_END", ""), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end.ToUnixTimeSeconds() : double.NaN;
    }

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        var release = _release.Of(files);
        if (release.Facts.Count == 0) return false;
        writer.Series(Info);
        for (int i = 0; i < Labels.Length; i++) writer.Label(Labels[i], release.Labels[i]);
        writer.Value(1);
        if (release.Number > 0) writer.Series(Version).Label("id"u8, release.Id).Label("id_like"u8, release.IdLike).Label("name"u8, release.Name).Value(release.Number);
        writer.Series(SupportEnd).ValueIfThere(release.SupportEnd);
        return true;
    }

    private static Release Read(HostFiles files)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!files.TryPath(files.Paths.InRoot("/etc/os-release"), out var text) && !files.TryPath(files.Paths.InRoot("/usr/lib/os-release"), out text)) return new Release(facts);
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n').Select(l => l.Trim()))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#') facts[line[..equals]] = Unquote(line[(equals + 1)..]);
        }
        return new Release(facts);
    }

    // As a shell would: quotes around, and within double ones a backslash before what means something.
    private static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] == '\'' && value[^1] == '\'') return value[1..^1];
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"') value = value[1..^1];
        return Escaped().Replace(value, "$1");
    }

    [GeneratedRegex(@"\\([""$`\\])")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"^[0-9]+\.?[0-9]*")]
    private static partial Regex MajorMinor();
}
