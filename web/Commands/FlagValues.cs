using System.CommandLine;
using System.Globalization;
using Streamline.Storage;

namespace Streamline.Web.Commands;

/// <summary>The flags of one command line: what was given, and the defaults for the rest. A value that does not fit its kind is a usage error.</summary>
internal sealed class FlagValues
{
    private readonly Dictionary<string, string[]> _given = [];
    private readonly Dictionary<string, FlagSpec> _specs;

    private FlagValues(IReadOnlyList<FlagSpec> specs) => _specs = specs.ToDictionary(s => s.Name);

    /// <summary>Flags given that do nothing yet.</summary>
    public IEnumerable<string> WithoutEffect => _given.Keys.Where(name => !_specs[name].HasEffect);

    /// <summary>Adds an option for each flag to a command; the result reads them back.</summary>
    public static Func<ParseResult, FlagValues> AddTo(Command command, IReadOnlyList<FlagSpec> specs)
    {
        var options = new List<(FlagSpec Spec, Option Option)>();
        foreach (var spec in specs)
        {
            Option option = spec.Kind == FlagKind.Switch
                ? new Option<bool>("--" + spec.Name) { Description = Describe(spec), Arity = ArgumentArity.ZeroOrOne }
                : new Option<string[]>("--" + spec.Name) { Description = Describe(spec), Arity = ArgumentArity.OneOrMore, HelpName = spec.Kind.ToString().ToLowerInvariant() };
            options.Add((spec, option));
            command.Add(option);
        }
        return result =>
        {
            var values = new FlagValues(specs);
            foreach (var (spec, option) in options)
            {
                if (result.GetResult(option) is not { Implicit: false } given) continue;
                values._given[spec.Name] = option is Option<bool> flag
                    ? [given.GetValue(flag) ? "true" : "false"]
                    : given.GetValue((Option<string[]>)option) ?? [];
            }
            return values;
        };
    }

    /// <summary>Every flag with its value, for <c>/api/v1/status/flags</c>.</summary>
    public IReadOnlyDictionary<string, string> Effective() =>
        _specs.Keys.Order(StringComparer.Ordinal).ToDictionary(name => name, name => string.Join(",", All(name)));

    public bool IsGiven(string name) => _given.ContainsKey(name);

    public string Text(string name) => All(name)[^1];

    public bool Switch(string name) => Text(name) == "true";

    public IReadOnlyList<string> All(string name) => _given.TryGetValue(name, out var given) && given.Length > 0 ? given : [_specs[name].Default];

    /// <summary>Comma lists of a repeatable flag, flattened.</summary>
    public IReadOnlyList<string> Items(string name) => [.. All(name).SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    public long DurationMs(string name) =>
        DurationText.TryParse(Text(name), out long ms) ? ms : throw new UsageException($"--{name}: \"{Text(name)}\" is not a duration such as 15s or 1h30m");

    /// <summary>A duration above zero.</summary>
    public long PositiveDurationMs(string name) =>
        DurationMs(name) is > 0 and var ms ? ms : throw new UsageException($"--{name}: \"{Text(name)}\" must be more than zero");

    public int Number(string name) =>
        int.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : throw new UsageException($"--{name}: \"{Text(name)}\" is not a whole number");

    /// <summary>A whole number of 1 or more.</summary>
    public int PositiveNumber(string name) =>
        Number(name) is > 0 and var number ? number : throw new UsageException($"--{name}: \"{Text(name)}\" must be 1 or more");

    /// <summary>Bytes between two bounds, both included.</summary>
    public int Bytes(string name, int least, int most, string bounds) =>
        Bytes(name) is var bytes && bytes >= least && bytes <= most ? (int)bytes : throw new UsageException($"--{name}: \"{Text(name)}\" is not between {bounds}");

    /// <summary>Bytes: numbers with units of 1024 (B, KB, MB, GB, TB, PB, EB); 0 needs none.</summary>
    public long Bytes(string name) =>
        ByteSize.TryParse(Text(name), out var size) ? size.Bytes : throw new UsageException($"--{name}: \"{Text(name)}\" is not a size such as 512MB");

    private static string Describe(FlagSpec spec) =>
        spec.Help + (spec.Default.Length > 0 && spec.Kind != FlagKind.Switch ? $" [{spec.Default}]" : "") + (spec.HasEffect ? "" : " (accepted, no effect yet)");
}
