using System.Collections;

namespace Streamline.Pipeline.Config;

/// <summary>
/// Tree to records. Strict: unknown keys, wrong kinds and null entries are errors, and binding goes on after each, so that one load shows
/// them all. A value starts from the record's own default, so a partly written block keeps the rest of it.
/// </summary>
internal sealed partial class ConfigBinder(string folder, ConfigFilling filling, ConfigErrors errors)
{
    /// <summary>What <see cref="Bind"/> gives for a value that is already reported.</summary>
    private static readonly object Failed = new();

    /// <summary>Binds a root. An empty file gives the defaults.</summary>
    public T Bind<T>(YamlNode? root, string file) where T : ConfigNode, new()
    {
        if (root is null or YamlScalar { IsNull: true }) return new T { Origin = ConfigOrigin.None with { Position = new ConfigPosition(file, 1, 1) } };
        return Bind(typeof(T), root, "", new Place(false, false), new T()) as T ?? new T();
    }

    private object? Bind(Type type, YamlNode node, string path, Place place, object? current)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return IsNull(node) ? null : Bind(inner, node, path, place, null);
        if (type.IsAssignableTo(typeof(YamlNode))) return BindRaw(type, node, path);
        if (ScalarType.Of(type) is { } scalar) return BindScalar(scalar, type, node, path, place);
        if (type == typeof(OneOrMany)) return BindOneOrMany(node, path, place);
        if (type == typeof(MatcherList)) return BindMatchers(node, path);
        if (IsGeneric(type, typeof(IReadOnlyList<>))) return BindList(type.GenericTypeArguments[0], node, path, place);
        if (IsGeneric(type, typeof(IReadOnlyDictionary<,>))) return BindDictionary(type.GenericTypeArguments[1], node, path, place);
        return BindRecord(RecordShape.Of(type), node, path, place, current);
    }

    private object? BindRaw(Type type, YamlNode node, string path)
    {
        if (IsNull(node)) return null;
        return type == typeof(YamlNode) || node is YamlMapping ? node : Fail(node, path, $"expected a mapping, found a {node.Kind}");
    }

    private object? BindScalar(ScalarType scalar, Type type, YamlNode node, string path, Place place)
    {
        if (node is not YamlScalar text) return Fail(node, path, $"expected {scalar.Expected}, found a {node.Kind}");
        if (text.IsNull && type == typeof(string)) return "";
        if (text.IsNull) return type.IsEnum ? Fail(node, path, $"must not be empty: expected {scalar.Expected}") : type.IsValueType ? Activator.CreateInstance(type) : null;
        string value = text.Text;
        bool isFilled = !place.IsLiteral && ConfigFilling.HasReference(value);
        if (isFilled)
        {
            if (filling.Fill(value, folder, out string? failure) is not { } filled) return Fail(node, path, failure!);
            value = filled;
        }
        // A quoted number is text to YAML, except one that was filled in: ${...} often has to be quoted.
        bool isRightKind = scalar.IsText || text.IsPlain || isFilled;
        object? parsed = isRightKind ? scalar.Parse(value) : null;
        if (parsed is null)
        {
            string? near = type.IsEnum ? NearestName.Of(value, EnumNames.Of(type).Names) : null;
            string shown = type == typeof(Secret) || isFilled ? "" : $", found \"{value}\"";
            errors.Add(node.Position, path, $"expected {scalar.Expected}{shown}", near);
            return Failed;
        }
        return place.IsPath && parsed is string name ? Absolute(name) : parsed;
    }

    /// <summary>An address such as s3://bucket is no path of this machine.</summary>
    private string Absolute(string path) =>
        path.Length == 0 || path.Contains("://", StringComparison.Ordinal) ? path : Path.GetFullPath(Path.Combine(folder, path));

    private object? BindOneOrMany(YamlNode node, string path, Place place)
    {
        if (node is not YamlSequence && !IsNull(node))
        {
            object? single = Bind(typeof(string), node, path, place, null);
            return single is string text ? new OneOrMany([text]) : Failed;
        }
        object? list = BindList(typeof(string), node, path, place);
        return list is IReadOnlyList<string> items ? new OneOrMany(items) : Failed;
    }

    private object? BindMatchers(YamlNode node, string path)
    {
        if (node is not YamlScalar { IsNull: false } text) return Fail(node, path, $"expected a matcher such as severity=\"critical\", found a {node.Kind}");
        var items = MatcherParser.Parse(text.Text, out string? failure);
        return items is null ? Fail(node, path, failure!) : new MatcherList(text.Text, items);
    }

    private object? BindList(Type itemType, YamlNode node, string path, Place place)
    {
        if (IsNull(node)) return Array.CreateInstance(itemType, 0);
        if (node is not YamlSequence sequence) return Fail(node, path, $"expected a list, found a {node.Kind}");
        var items = new List<object?>();
        bool isGood = true;
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            object? item = BindItem(itemType, sequence.Items[i], $"{path}[{i}]", place);
            if (ReferenceEquals(item, Failed)) isGood = false;
            else items.Add(item);
        }
        // A broken record still counts as one, so that checks of the whole list see the rest.
        if (!isGood && items.Count == 0) return Failed;
        var list = Array.CreateInstance(itemType, items.Count);
        for (int i = 0; i < items.Count; i++) list.SetValue(items[i], i);
        return list;
    }

    private object? BindItem(Type itemType, YamlNode node, string path, Place place) =>
        IsNull(node) && itemType != typeof(string) ? Fail(node, path, "empty entry in a list") : Bind(itemType, node, path, place, null);

    private object? BindDictionary(Type valueType, YamlNode node, string path, Place place)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType), StringComparer.Ordinal)!;
        if (IsNull(node)) return dictionary;
        if (node is not YamlMapping mapping) return Fail(node, path, $"expected a mapping, found a {node.Kind}");
        foreach (var (key, value) in mapping.Entries)
        {
            object? bound = Bind(valueType, value, $"{path}.{key.Text}", place, null);
            if (bound is null && valueType.IsAssignableTo(typeof(ConfigNode))) bound = Activator.CreateInstance(valueType);
            if (bound is not null && !ReferenceEquals(bound, Failed)) dictionary.Add(key.Text, bound);
        }
        return dictionary;
    }

    private object Fail(YamlNode node, string path, string message)
    {
        errors.Add(node.Position, path, message);
        return Failed;
    }

    private static bool IsNull(YamlNode node) => node is YamlScalar { IsNull: true };

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    /// <summary>What a value inherits from the key that it stands under.</summary>
    private readonly record struct Place(bool IsLiteral, bool IsPath);
}
