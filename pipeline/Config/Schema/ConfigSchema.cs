using System.Text.Json.Nodes;

namespace Streamline.Pipeline.Config;

/// <summary>
/// The JSON schema (draft 7, what editors know) of a configuration record, made from the same shapes that bind it: what it refuses, loading refuses. Loading
/// checks more, and texts filled from <c>${...}</c> pass anywhere.
/// </summary>
internal sealed class ConfigSchema
{
    private readonly JsonObject _definitions = [];
    private readonly DocComments _comments;

    private ConfigSchema(DocComments comments) => _comments = comments;

    /// <summary>The schema of a file whose root is <typeparamref name="T"/>.</summary>
    public static JsonObject Of<T>(string title) where T : ConfigNode
    {
        var schema = new ConfigSchema(DocComments.Load(typeof(T).Assembly.Location));
        var root = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = title,
        };
        foreach (var (key, value) in schema.Body(RecordShape.Of(typeof(T)))) root[key] = value?.DeepClone();
        root["definitions"] = schema._definitions;
        return root;
    }

    private JsonObject Schema(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Schema(inner);
        if (type.IsAssignableTo(typeof(YamlNode))) return type == typeof(YamlNode) ? [] : Typed("object", "null");
        if (ScalarType.Of(type) is { } scalar) return ScalarSchema.Of(type, scalar);
        if (type == typeof(OneOrMany)) return AnyOf(ScalarSchema.Text(), ArrayOf(ScalarSchema.Text()));
        if (type == typeof(MatcherList)) return Typed("string");
        if (Is(type, typeof(IReadOnlyList<>))) return ArrayOf(Schema(type.GenericTypeArguments[0]));
        if (Is(type, typeof(IReadOnlyDictionary<,>))) return MapOf(Schema(type.GenericTypeArguments[1]));
        return Reference(type);
    }

    private JsonObject Reference(Type type)
    {
        if (!_definitions.ContainsKey(type.Name))
        {
            // Entered before it is filled: records may hold themselves (routes).
            _definitions[type.Name] = new JsonObject();
            _definitions[type.Name] = Definition(RecordShape.Of(type));
        }
        return new JsonObject { ["$ref"] = "#/definitions/" + type.Name };
    }

    private JsonObject Definition(RecordShape shape)
    {
        var body = Body(shape);
        if (shape.Shorthand is not { } keys) return body;
        return AnyOf(Schema(shape.Keys.First(k => k.Name == keys[0]).Type), body);
    }

    private JsonObject Body(RecordShape shape)
    {
        var properties = new JsonObject();
        AddProperties(shape, properties);
        var required = new JsonArray([.. Required(shape).Select(name => (JsonNode)name)]);
        var body = Typed(required.Count == 0 && shape.Choice is null ? ["object", "null"] : ["object"]);
        if (_comments.Of("T:" + shape.Type.FullName) is { } text) body["description"] = text;
        body["properties"] = properties;
        body["additionalProperties"] = false;
        if (required.Count > 0) body["required"] = required;
        if (shape.Choice is not null) body["oneOf"] = new JsonArray([.. shape.Keys.Where(k => !k.IsBeside).Select(k => (JsonNode)new JsonObject { ["required"] = new JsonArray(k.Name) })]);
        return body;
    }

    private static IEnumerable<string> Required(RecordShape shape) =>
        shape.Keys.Where(k => k.IsRequired).Select(k => k.Name).Concat(shape.Inlined.SelectMany(i => Required(i.Shape)));

    private void AddProperties(RecordShape shape, JsonObject properties)
    {
        object? fresh = shape.Type.GetConstructor(Type.EmptyTypes)?.Invoke(null);
        foreach (var key in shape.Keys) properties[key.Name] = Property(key, shape, fresh);
        foreach (var (_, inner) in shape.Inlined) AddProperties(inner, properties);
        if (shape.Others is not { } others) return;
        foreach (string kind in others.Kinds) properties[kind + others.Suffix] = ArrayOf(Typed("object"));
    }

    private JsonObject Property(KeyShape key, RecordShape shape, object? fresh)
    {
        var schema = key.IsNamedMap ? MapOf(NullOr(Schema(key.Type.GenericTypeArguments[0]))) : Schema(key.Type);
        // A choice is made by naming the key alone; any other record may be left empty.
        if (key.Type.IsAssignableTo(typeof(ConfigNode))) schema = shape.Choice is null || !key.IsRequired ? NullOr(schema) : schema;
        if (_comments.Of($"P:{key.Property.DeclaringType!.FullName}.{key.Property.Name}") is { } text) schema["description"] = key.HasNoEffectYet ? text + " (No effect yet.)" : text;
        if (Default(key, fresh) is { } value) schema["default"] = value;
        return schema;
    }

    private static JsonNode? Default(KeyShape key, object? fresh)
    {
        var type = Nullable.GetUnderlyingType(key.Type) ?? key.Type;
        if (fresh is null || type == typeof(Secret) || ScalarType.Of(type) is not { } scalar || key.Property.GetValue(fresh) is not { } value) return null;
        string text = scalar.Format(value);
        if (value is bool flag) return flag;
        if (value is int or long or ulong or double) return text is "0" ? null : JsonNode.Parse(text);
        return text.Length == 0 || value is TimeSpan { Ticks: 0 } ? null : text;
    }

    private static JsonObject NullOr(JsonObject schema) => AnyOf(schema, Typed("null"));

    private static JsonObject AnyOf(params JsonObject[] choices) => new() { ["anyOf"] = new JsonArray([.. choices]) };

    private static JsonObject ArrayOf(JsonObject items) => new() { ["type"] = new JsonArray("array", "null"), ["items"] = items };

    private static JsonObject MapOf(JsonObject values) => new() { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = values };

    private static JsonObject Typed(params string[] types) =>
        new() { ["type"] = types.Length == 1 ? types[0] : new JsonArray([.. types.Select(t => (JsonNode)t)]) };

    private static bool Is(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;
}
