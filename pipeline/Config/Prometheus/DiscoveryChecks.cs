namespace Streamline.Pipeline.Config;

/// <summary>Checks that hold for every mechanism, also those without a class: the shared HTTP block and files beside values.</summary>
internal static class DiscoveryChecks
{
    private const string FileSuffix = "_file";

    private static readonly string[] HttpAuth = ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"];

    /// <summary>Nothing can be asked again after no time at all.</summary>
    public static void RequireInterval(ConfigNode node, TimeSpan interval, ConfigErrors errors)
    {
        if (interval <= TimeSpan.Zero) errors.Add(node, "refresh_interval", "\"refresh_interval\" must be above 0");
    }

    /// <summary>An address that can be asked by HTTP; an empty one is reported as missing elsewhere.</summary>
    public static void RequireAddress(ConfigNode node, string key, string address, ConfigErrors errors)
    {
        if (address.Length == 0) return;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0) errors.Add(node, key, "expected an address such as https://host:port");
    }

    public static void CheckRaw(YamlMapping raw, string path, ConfigErrors errors)
    {
        var positions = raw.Entries.Where(e => e.Value is not YamlScalar { Text: "" } and not YamlScalar { IsNull: true }).ToDictionary(e => e.Key.Text, e => e.Value.Position, StringComparer.Ordinal);
        foreach (var (key, position) in positions)
        {
            string plain = key.EndsWith(FileSuffix, StringComparison.Ordinal) ? key[..^FileSuffix.Length] : "";
            if (positions.ContainsKey(plain)) errors.Add(position, $"{path}.{key}", $"at most one of \"{plain}\" and \"{key}\" may be set");
        }
        var kinds = HttpAuth.Where(positions.ContainsKey).ToList();
        if (kinds.Count < 2 || kinds.TrueForAll(k => k.StartsWith("bearer_token", StringComparison.Ordinal))) return;
        errors.Add(positions[kinds[1]], $"{path}.{kinds[1]}", $"at most one kind of authentication may be set, not {string.Join(" and ", kinds)}");
    }
}
