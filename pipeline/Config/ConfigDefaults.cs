using System.Collections.Frozen;

namespace Streamline.Pipeline.Config;

/// <summary>Shared empty values.</summary>
internal static class ConfigDefaults
{
    public static readonly IReadOnlyDictionary<string, string> NoStrings = FrozenDictionary<string, string>.Empty;
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> NoStringLists = FrozenDictionary<string, IReadOnlyList<string>>.Empty;
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<Secret>> NoSecretLists = FrozenDictionary<string, IReadOnlyList<Secret>>.Empty;
    public static readonly IReadOnlyDictionary<string, HttpHeaderConfig> NoHeaders = FrozenDictionary<string, HttpHeaderConfig>.Empty;
}
