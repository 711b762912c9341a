using Streamline.Storage;

namespace Streamline.Pipeline.Host;

/// <summary>Which names a collector takes: expressions in RE2's syntax found anywhere in the name, as node_exporter's include and exclude flags. Decided once a name.</summary>
internal sealed class NameFilter
{
    private readonly LabelMatcher? _exclude;
    private readonly LabelMatcher? _include;
    private readonly NameTable<bool> _ignored;

    /// <summary>An empty expression excludes nothing and includes everything.</summary>
    public NameFilter(string exclude, string include = "")
    {
        _exclude = Matcher(exclude);
        _include = Matcher(include);
        _ignored = new(Decide);
    }

    public bool Ignores(ReadOnlySpan<byte> name) => (_exclude ?? _include) is not null && _ignored[name];

    public bool Ignores(string name) => (_exclude ?? _include) is not null && _ignored[name];

    /// <exception cref="FormatException">Not an expression.</exception>
    public static LabelMatcher? Matcher(string expression) =>
        expression.Length == 0 ? null : new LabelMatcher(MatchOperator.Regex, "name", $".*(?:{expression}).*");

    private bool Decide(string name)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        return _exclude?.Matches(bytes) == true || _include?.Matches(bytes) == false;
    }
}
