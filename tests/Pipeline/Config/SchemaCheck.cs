using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

/// <summary>Checks a YAML tree against the part of JSON schema that ours uses; any other keyword is a failure of the test.</summary>
internal sealed class SchemaCheck(JsonObject root)
{
    private static readonly string[] Known =
        ["$schema", "title", "description", "definitions", "default", "examples", "type", "properties", "additionalProperties", "required", "oneOf", "anyOf", "items", "enum", "pattern", "$ref"];

    public static List<string> Errors(string schema, YamlNode? yaml)
    {
        var root = JsonNode.Parse(schema)!.AsObject();
        return yaml is null ? [] : [.. new SchemaCheck(root).Check(root, yaml, "")];
    }

    private IEnumerable<string> Check(JsonObject schema, YamlNode node, string path)
    {
        foreach (var (keyword, _) in schema) Assert.Contains(keyword, Known);
        if (schema["$ref"] is { } reference) return Check(Resolve((string)reference!), node, path);
        var errors = new List<string>();
        if (schema["anyOf"] is JsonArray any)
        {
            var tries = any.Select(s => Check(s!.AsObject(), node, path).ToList()).ToList();
            // The choice that comes furthest tells most.
            if (tries.TrueForAll(t => t.Count > 0)) errors.AddRange(tries.OrderByDescending(t => t.Max(e => e.IndexOf(':', StringComparison.Ordinal))).First());
        }
        if (schema["type"] is { } type && !Types(type).Any(t => HasType(node, t))) return [$"{path}: not {type.ToJsonString()}"];
        if (schema["enum"] is JsonArray names && !names.Any(n => node is YamlScalar s && (n is null ? s.IsNull : s.Text == n.ToString()))) errors.Add($"{path}: not one of {names.ToJsonString()}");
        if (schema["pattern"] is { } pattern && HasType(node, "string") && !Regex.IsMatch(((YamlScalar)node).Text, (string)pattern!)) errors.Add($"{path}: not {pattern}");
        if (node is YamlMapping mapping) errors.AddRange(CheckMapping(schema, mapping, path));
        if (node is YamlSequence list && schema["items"] is JsonObject items) errors.AddRange(list.Items.SelectMany((item, i) => Check(items, item, $"{path}[{i}]")));
        return errors;
    }

    private List<string> CheckMapping(JsonObject schema, YamlMapping mapping, string path)
    {
        var errors = new List<string>();
        var properties = schema["properties"] as JsonObject;
        foreach (var (key, value) in mapping.Entries)
        {
            string inner = $"{path}.{key.Text}";
            if (properties?[key.Text] is JsonObject known) errors.AddRange(Check(known, value, inner));
            else if (schema["additionalProperties"] is JsonObject others) errors.AddRange(Check(others, value, inner));
            else if (schema["additionalProperties"] is JsonValue) errors.Add($"{inner}: unknown key");
        }
        if (schema["required"] is JsonArray required) errors.AddRange(required.Where(r => mapping[(string)r!] is null).Select(r => $"{path}: lacks {r}"));
        if (schema["oneOf"] is JsonArray choices && choices.Count(c => c!["required"]!.AsArray().All(r => mapping[(string)r!] is not null)) != 1) errors.Add($"{path}: not exactly one");
        return errors;
    }

    private JsonObject Resolve(string reference) => root["definitions"]![reference["#/definitions/".Length..]]!.AsObject();

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray many ? many.Select(t => (string)t!) : [(string)type!];

    private static bool HasType(YamlNode node, string type) => type switch
    {
        "object" => node is YamlMapping,
        "array" => node is YamlSequence,
        _ => node is YamlScalar scalar && TypeOf(scalar) is var own && (own == type || own == "integer" && type == "number"),
    };

    private static string TypeOf(YamlScalar scalar)
    {
        if (scalar.IsNull) return "null";
        if (!scalar.IsPlain) return "string";
        if (scalar.Text is "true" or "false") return "boolean";
        if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) return "integer";
        return double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? "number" : "string";
    }
}
