namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// Names of meta labels that are made from names of labels and annotations: letters, digits and _ stay, everything else becomes _. Kept, since the objects of a
/// kind share them. Not thread safe.
/// </summary>
internal sealed class MetaNames
{
    // Names differ by kind of object, not by object; a cluster that makes up names for each starts the table anew.
    private const int MaxKept = 8192;

    private readonly Dictionary<(string, string), Pair> _kept = [];

    /// <summary>The names for a name under a prefix such as <c>pod_label</c>: of the value and of its presence.</summary>
    public Pair Of(string prefix, string name)
    {
        if (_kept.TryGetValue((prefix, name), out var known)) return known;
        if (_kept.Count >= MaxKept) _kept.Clear();
        string clean = Sanitise(name);
        return _kept[(prefix, name)] = new Pair($"{LabelWriter.Prefix}{prefix}_{clean}", $"{LabelWriter.Prefix}{prefix}present_{clean}");
    }

    public static string Sanitise(string name) => string.Create(name.Length, name, (text, from) =>
    {
        for (int i = 0; i < text.Length; i++) text[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    });

    /// <summary>Names of two labels.</summary>
    internal readonly record struct Pair(string Value, string Present);
}
