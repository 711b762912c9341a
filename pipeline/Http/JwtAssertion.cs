using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Http;

/// <summary>The signed assertion of the jwt-bearer grant (RFC 7523).</summary>
internal static class JwtAssertion
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <exception cref="InvalidDataException">The key is no RSA key.</exception>
    public static string Sign(OAuth2Config config, string keyPem, DateTimeOffset now)
    {
        var header = new JsonObject { ["alg"] = config.SignatureAlgorithm.Length > 0 ? config.SignatureAlgorithm : "RS256", ["typ"] = "JWT" };
        if (config.ClientCertificateKeyId.Length > 0) header["kid"] = config.ClientCertificateKeyId;
        string signed = $"{Part(header)}.{Part(Claims(config, now))}";
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(keyPem);
            return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashOf(config.SignatureAlgorithm), RSASignaturePadding.Pkcs1))}";
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"oauth2: client_certificate_key: {error.Message}", error);
        }
    }

    private static JsonObject Claims(OAuth2Config config, DateTimeOffset now)
    {
        var claims = new JsonObject();
        foreach (var (name, value) in config.Claims?.Entries ?? []) claims[name.Text] = ToJson(value);
        claims["iss"] = config.Iss.Length > 0 ? config.Iss : config.ClientId;
        claims["aud"] = config.Audience.Length > 0 ? config.Audience : config.TokenUrl;
        claims["iat"] = now.ToUnixTimeSeconds();
        claims["exp"] = (now + Lifetime).ToUnixTimeSeconds();
        claims["jti"] = Guid.NewGuid().ToString();
        if (config.Scopes.Count > 0) claims["scope"] = string.Join(' ', config.Scopes);
        return claims;
    }

    // As YAML reads unquoted scalars.
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(e => KeyValuePair.Create(e.Key.Text, ToJson(e.Value)))),
        YamlSequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: true, Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
        YamlScalar { IsPlain: true } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
        YamlScalar { IsPlain: true } scalar when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new UnreachableException(),
    };

    private static string Part(JsonObject part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    private static HashAlgorithmName HashOf(string algorithm) => algorithm switch
    {
        "RS384" => HashAlgorithmName.SHA384,
        "RS512" => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };
}
