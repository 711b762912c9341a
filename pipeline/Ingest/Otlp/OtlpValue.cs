using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Texts of attribute values that are no strings: labels hold text only. Lists and maps become JSON, bytes base64.</summary>
internal static class OtlpValue
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Number(number),
        byte[] bytes => Convert.ToBase64String(bytes),
        _ => JsonSerializer.Serialize(value, Json),
    };

    // As JSON writes numbers: an exponent for the very large and the very small only.
    private static string Number(double value)
    {
        if (!double.IsFinite(value)) return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        double size = Math.Abs(value);
        if (size != 0 && (size < 1e-6 || size >= 1e21)) return value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return value.ToString("0.###################################", CultureInfo.InvariantCulture) is var text && double.Parse(text, CultureInfo.InvariantCulture) == value
            ? text : value.ToString("R", CultureInfo.InvariantCulture);
    }
}
