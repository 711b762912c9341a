using System.Text.Json;

namespace Streamline.Pipeline.Discovery;

/// <summary>Walks answers of APIs: what is absent or null is empty, what has another type than expected is an error, as for Go's decoder.</summary>
internal static class JsonReading
{
    /// <summary>The value at a path of names; Undefined when any of them is absent or null.</summary>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return default;
            if (element.ValueKind != JsonValueKind.Object) throw Wrong($"an object with \"{name}\"", element);
            if (!element.TryGetProperty(name, out element)) return default;
        }
        return element;
    }

    public static bool IsPresent(this JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static string Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var value = element.At(path);
        return !value.IsPresent() ? "" : value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong("a string", value);
    }

    public static long Number(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var value = element.At(path);
        return !value.IsPresent() ? 0 : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw Wrong("a whole number", value);
    }

    public static double Real(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var value = element.At(path);
        return !value.IsPresent() ? 0 : value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong("a number", value);
    }

    public static bool Flag(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var value = element.At(path);
        return !value.IsPresent() ? false : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong("true or false", value);
    }

    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var value = element.At(path);
        return !value.IsPresent() ? [] : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong("a list", value);
    }

    public static IEnumerable<string> Texts(this JsonElement element, params ReadOnlySpan<string> path) => element.Items(path).Select(item => item.Text());

    public static IEnumerable<JsonProperty> Members(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var value = element.At(path);
        return !value.IsPresent() ? [] : value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Wrong("an object", value);
    }

    private static FormatException Wrong(string expected, JsonElement found) => new($"the answer is not as expected: {expected} was to be there, not {found.ValueKind}");
}
