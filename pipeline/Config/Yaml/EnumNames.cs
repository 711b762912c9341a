using System.Collections.Concurrent;
using System.Reflection;

namespace Streamline.Pipeline.Config;

/// <summary>Texts of an enum's members: <see cref="KeyAttribute"/>, else the member's name; lower case and case-insensitive under <see cref="AnyCaseAttribute"/>.</summary>
internal sealed class EnumNames
{
    private static readonly ConcurrentDictionary<Type, EnumNames> Cache = new();

    private readonly List<KeyValuePair<string, object>> _members = [];

    private EnumNames(Type type)
    {
        bool anyCase = type.IsDefined(typeof(AnyCaseAttribute));
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            string name = field.GetCustomAttribute<KeyAttribute>()?.Name ?? (anyCase ? field.Name.ToLowerInvariant() : field.Name);
            _members.Add(new(name, field.GetValue(null)!));
        }
        var comparison = anyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        Scalar = new ScalarType(
            "one of " + string.Join(", ", Names),
            text => _members.FirstOrDefault(m => m.Key.Equals(text, comparison)).Value,
            value => _members.First(m => m.Value.Equals(value)).Key,
            true);
    }

    public IEnumerable<string> Names => _members.Select(m => m.Key);

    public ScalarType Scalar { get; }

    public static EnumNames Of(Type type) => Cache.GetOrAdd(type, static t => new EnumNames(t));
}
