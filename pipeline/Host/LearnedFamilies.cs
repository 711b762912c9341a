using System.Collections.Concurrent;

namespace Streamline.Pipeline.Host;

/// <summary>Families whose names stand in the files themselves: worked out when they are first met, read by the API meanwhile.</summary>
internal sealed class LearnedFamilies
{
    // A kernel has some hundred counters of a kind; one that makes up names must not fill the memory.
    private const int MaxFamilies = 5_000;

    private readonly ConcurrentDictionary<string, HostFamily> _all = new(StringComparer.Ordinal);
    private readonly NameTable<HostFamily?> _byText;

    /// <summary>The function gives null for what no family is made of.</summary>
    public LearnedFamilies(Func<string, HostFamily?> learn) => _byText = new(text => Remember(learn(text)));

    public IEnumerable<HostFamily> All => _all.Values;

    public HostFamily? this[ReadOnlySpan<byte> text] => _byText[text];

    public HostFamily? this[string text] => _byText[text];

    private HostFamily? Remember(HostFamily? family)
    {
        if (family is null) return null;
        if (_all.TryGetValue(family.Name, out var known)) return known;
        if (_all.Count >= MaxFamilies) return null;
        _all[family.Name] = family;
        return family;
    }
}
