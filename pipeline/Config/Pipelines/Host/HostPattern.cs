namespace Streamline.Pipeline.Config;

/// <summary>Checks of the expressions in the host source's settings: RE2's syntax, found anywhere in a name.</summary>
internal static class HostPattern
{
    public static void Check(ConfigNode node, string key, string? pattern, ConfigErrors errors)
    {
        try
        {
            _ = Streamline.Pipeline.Host.NameFilter.Matcher(pattern ?? "");
        }
        catch (FormatException e)
        {
            errors.Add(node, key, $"bad regular expression \"{pattern}\": {e.Message}");
        }
    }

    /// <summary>Both expressions, of which one only may be written.</summary>
    public static void CheckPair(ConfigNode node, string include, string includeKey, string? exclude, string excludeKey, ConfigErrors errors)
    {
        Check(node, includeKey, include, errors);
        Check(node, excludeKey, exclude, errors);
        if (include.Length > 0 && exclude is { Length: > 0 }) errors.Add(node, includeKey, $"{includeKey} and {excludeKey} are mutually exclusive");
    }
}
