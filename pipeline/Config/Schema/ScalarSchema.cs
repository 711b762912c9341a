using System.Text.Json.Nodes;

namespace Streamline.Pipeline.Config;

/// <summary>Schemas of scalars. YAML types a plain scalar by its look, so a text may come as a number; a reference such as <c>${env:NAME}</c> may stand for any value.</summary>
internal static class ScalarSchema
{
    private const string Reference = @"\$\{";
    private const string Duration = @"^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$";

    public static JsonObject Of(Type type, ScalarType scalar)
    {
        if (type == typeof(string) || type == typeof(Secret)) return Text();
        if (type == typeof(bool)) return Either("boolean");
        if (type == typeof(int) || type == typeof(long) || type == typeof(ulong)) return Either("integer");
        if (type == typeof(double)) return Either("number");
        if (type == typeof(TimeSpan)) return Pattern($"({Duration})|({Reference})", scalar.Expected);
        return type.IsEnum ? Names(type, scalar) : Described(scalar.Expected);
    }

    /// <summary>Any scalar.</summary>
    public static JsonObject Text() => new() { ["type"] = new JsonArray("string", "number", "boolean", "null") };

    private static JsonObject Either(string type) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = new JsonArray(type, "null") },
            new JsonObject { ["type"] = "string", ["pattern"] = Reference }),
    };

    // A plain 0 is an integer to YAML.
    private static JsonObject Pattern(string pattern, string expected) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "string", ["pattern"] = pattern },
            new JsonObject { ["enum"] = new JsonArray(0, null) }),
        ["description"] = expected,
    };

    private static JsonObject Described(string expected) => new() { ["type"] = new JsonArray("string", "number", "null"), ["description"] = expected };

    private static JsonObject Names(Type type, ScalarType scalar)
    {
        var names = new JsonArray([.. EnumNames.Of(type).Names.Select(n => (JsonNode)n)]);
        // Names in any case cannot be listed: they are shown as examples.
        if (type.IsDefined(typeof(AnyCaseAttribute), false)) return new JsonObject { ["type"] = "string", ["examples"] = names, ["description"] = scalar.Expected };
        return new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = names }, new JsonObject { ["type"] = "string", ["pattern"] = Reference }) };
    }
}
