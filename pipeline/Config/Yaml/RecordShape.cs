using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Streamline.Pipeline.Config;

/// <summary>A key of a record: the one description that binding, printing and a schema are made from.</summary>
internal sealed record KeyShape(string Name, PropertyInfo Property)
{
    public Type Type => Property.PropertyType;
    public bool IsRequired { get; } = Property.IsDefined(typeof(RequiredKeyAttribute));
    public bool IsLiteral { get; } = Property.IsDefined(typeof(LiteralTextAttribute));
    public bool IsPath { get; } = Property.IsDefined(typeof(PathAttribute));

    /// <summary>The path of one file whose contents are wanted (a secret, a certificate): not a log, not a glob.</summary>
    public bool NamesFileToRead => IsPath && Name.EndsWith("_file", StringComparison.Ordinal) && !Name.EndsWith("_log_file", StringComparison.Ordinal);

    public bool IsNamedMap { get; } = Property.IsDefined(typeof(NamedMapAttribute));
    public bool HasNoEffectYet { get; } = Property.IsDefined(typeof(NoEffectYetAttribute));
    public bool IsDefaultWhenBlank { get; } = Property.IsDefined(typeof(BlankIsDefaultAttribute));
    public bool IsBeside { get; } = Property.IsDefined(typeof(BesideAttribute));

    /// <summary>Declared as possibly absent: null is a value of its own then, and an empty record is not the same as none.</summary>
    public bool IsNullable { get; } = new NullabilityInfoContext().Create(Property).WriteState == NullabilityState.Nullable;
}

/// <summary>Keys of one record class, found by reflection once.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> Cache = new();

    private RecordShape(Type type)
    {
        Type = type;
        Choice = type.GetCustomAttribute<ChoiceAttribute>()?.What;
        Shorthand = type.GetCustomAttribute<ShorthandAttribute>()?.Keys;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.IsDefined(typeof(NotBoundAttribute))) continue;
            if (property.IsDefined(typeof(InlineAttribute))) Inlined.Add((property, Of(property.PropertyType)));
            else if (property.GetCustomAttribute<OtherKeysAttribute>() is { } others) Others = new OtherKeys(property, others.Suffix);
            else Keys.Add(new KeyShape(property.GetCustomAttribute<KeyAttribute>()?.Name ?? SnakeCase(property.Name), property));
        }
    }

    public Type Type { get; }

    public List<KeyShape> Keys { get; } = [];

    public List<(PropertyInfo Property, RecordShape Shape)> Inlined { get; } = [];

    public OtherKeys? Others { get; }

    /// <summary>What is chosen when exactly one key must be written.</summary>
    public string? Choice { get; }

    /// <summary>Keys that a scalar in the record's place stands for.</summary>
    public IReadOnlyList<string>? Shorthand { get; }

    /// <summary>Every name that may stand in the record, those of inlined records included.</summary>
    public IEnumerable<string> Names =>
        Keys.Select(k => k.Name).Concat(Inlined.SelectMany(i => i.Shape.Names)).Concat(Others is null ? [] : Others.Kinds.Select(k => k + Others.Suffix));

    public static RecordShape Of(Type type) => Cache.GetOrAdd(type, static t => new RecordShape(t));

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}

/// <summary>The property that takes <c>KIND_suffix</c> keys nobody builds yet.</summary>
internal sealed record OtherKeys(PropertyInfo Property, string Suffix)
{
    public IReadOnlyList<string> Kinds { get; } = Property.PropertyType == typeof(IReadOnlyList<UnbuiltSdConfig>) ? UnbuiltSdConfig.Kinds : UnbuiltReceiverConfig.Kinds;

    /// <summary>The kind that a key names, or null.</summary>
    public string? KindOf(string key) => Kinds.FirstOrDefault(k => key.Length == k.Length + Suffix.Length && key.StartsWith(k, StringComparison.Ordinal) && key.EndsWith(Suffix, StringComparison.Ordinal));
}
