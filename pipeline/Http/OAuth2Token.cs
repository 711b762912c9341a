using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Http;

/// <summary>
/// The token of an <c>oauth2</c> block: fetched when the first request needs it, kept until shortly before it expires, fetched anew when the secret's file has changed.
/// </summary>
internal sealed class OAuth2Token(OAuth2Config config, TimeProvider time) : IDisposable
{
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    // Fetched anew this long before it ends, as Go's client does.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(10);
    private const int MaxAnswerBytes = 1 << 20;

    private readonly HttpTransport _transport = new(config.TlsConfig, config.Proxy);
    private readonly SemaphoreSlim _one = new(1, 1);

    // Guarded by _one.
    private AuthenticationHeaderValue? _header;
    private DateTimeOffset _until;
    private string _secret = "";
    private bool _secretInBody;

    public async Task<AuthenticationHeaderValue> HeaderAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            string secret = await SecretAsync(cancellation).ConfigureAwait(false);
            if (_header is not null && secret == _secret && time.GetUtcNow() < _until) return _header;
            return await FetchAsync(secret, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _one.Dispose();
    }

    private async Task<string> SecretAsync(CancellationToken cancellation)
    {
        bool isJwt = config.GrantType == JwtBearer;
        var (inline, file) = isJwt ? (config.ClientCertificateKey, config.ClientCertificateKeyFile) : (config.ClientSecret, config.ClientSecretFile);
        return file.Length > 0 ? await RequestCredentials.SecretFileAsync(file, cancellation).ConfigureAwait(false) : inline?.Reveal() ?? "";
    }

    // The server may want the secret in a header or in the body; which of them is found out once.
    private async Task<AuthenticationHeaderValue> FetchAsync(string secret, CancellationToken cancellation)
    {
        var (code, body) = await AskAsync(secret, cancellation).ConfigureAwait(false);
        if (code is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized && config.GrantType != JwtBearer && !_secretInBody)
        {
            _secretInBody = true;
            (code, body) = await AskAsync(secret, cancellation).ConfigureAwait(false);
            if (code != HttpStatusCode.OK) _secretInBody = false;
        }
        if (code != HttpStatusCode.OK) throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"oauth2: cannot fetch token: the server returned HTTP status {(int)code}"));
        Take(body, secret);
        return _header!;
    }

    private async Task<(HttpStatusCode Code, byte[] Body)> AskAsync(string secret, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, config.TokenUrl) { Content = new FormUrlEncodedContent(Form(secret)) };
        request.Headers.TryAddWithoutValidation("User-Agent", "Prometheus/3.14.0");
        if (config.GrantType != JwtBearer && !_secretInBody)
            request.Headers.Authorization = RequestCredentials.Basic(WebUtility.UrlEncode(config.ClientId), WebUtility.UrlEncode(secret));
        using var response = await _transport.Current().SendAsync(request, cancellation).ConfigureAwait(false);
        using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        byte[] body = new byte[MaxAnswerBytes];
        int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return (response.StatusCode, body[..length]);
    }

    private Dictionary<string, string> Form(string secret)
    {
        var form = new Dictionary<string, string>(config.EndpointParams);
        if (config.GrantType == JwtBearer)
        {
            form["grant_type"] = JwtBearer;
            form["assertion"] = JwtAssertion.Sign(config, secret, time.GetUtcNow());
            return form;
        }
        form["grant_type"] = config.GrantType.Length > 0 ? config.GrantType : "client_credentials";
        if (config.Scopes.Count > 0) form["scope"] = string.Join(' ', config.Scopes);
        if (!_secretInBody) return form;
        form["client_id"] = config.ClientId;
        if (secret.Length > 0) form["client_secret"] = secret;
        return form;
    }

    private void Take(byte[] body, string secret)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            string token = root.GetProperty("access_token").GetString() ?? "";
            if (token.Length == 0) throw new HttpRequestException("oauth2: the server's answer has no access_token");
            string type = root.TryGetProperty("token_type", out var kind) ? kind.GetString() ?? "" : "";
            double seconds = root.TryGetProperty("expires_in", out var expires) ? Seconds(expires) : 0;
            _header = new AuthenticationHeaderValue(type.Length == 0 || type.Equals("bearer", StringComparison.OrdinalIgnoreCase) ? "Bearer" : type, token);
            _until = seconds > 0 ? time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) - Early : DateTimeOffset.MaxValue;
            _secret = secret;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new HttpRequestException($"oauth2: the server's answer is no token: {error.Message}", error);
        }
    }

    // Some servers write the number as a text.
    private static double Seconds(JsonElement expires) => expires.ValueKind == JsonValueKind.Number
        ? expires.GetDouble()
        : double.TryParse(expires.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? seconds : 0;
}
