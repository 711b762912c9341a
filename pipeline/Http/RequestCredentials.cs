using System.Net.Http.Headers;
using System.Text;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Http;

/// <summary>The <c>Authorization</c> header and the extra headers of a client block.</summary>
internal sealed class RequestCredentials : IDisposable
{
    private readonly HttpClientConfig _config;
    private readonly OAuth2Token? _token;
    private readonly AuthenticationHeaderValue? _fixed;

    public RequestCredentials(HttpClientConfig config, TimeProvider time)
    {
        _config = config;
        _token = config.OAuth2 is { } oauth2 ? new OAuth2Token(oauth2, time) : null;
        IsFixed = _token is null && !HasFiles(config);
        // Made once where no file may change it: a scrape a second would make it 86,400 times a day.
        if (IsFixed) _fixed = AuthorizationAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Whether all that is added is known without reading a file or fetching a token.</summary>
    public bool IsFixed { get; }

    public async ValueTask AddToAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        // As Go's client: a name in the address wins over the block. Without either, a caller's own stays.
        if (request.RequestUri is { UserInfo.Length: > 0 } url) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
        else if ((IsFixed ? _fixed : await AuthorizationAsync(cancellation).ConfigureAwait(false)) is { } authorization) request.Headers.Authorization = authorization;
        foreach (var (name, header) in _config.HttpHeaders)
        {
            // The connection's own; Go's client leaves them out in silence too.
            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) || name.Equals("Trailer", StringComparison.OrdinalIgnoreCase)) continue;
            foreach (string value in header.Values) request.Headers.TryAddWithoutValidation(name, value);
            foreach (var secret in header.Secrets) request.Headers.TryAddWithoutValidation(name, secret.Reveal());
            foreach (string path in header.Files) request.Headers.TryAddWithoutValidation(name, await SecretFileAsync(path, cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Whether a header is one that this adds.</summary>
    public bool Owns(string header) =>
        header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || _config.HttpHeaders.Keys.Any(name => name.Equals(header, StringComparison.OrdinalIgnoreCase));

    public void Dispose() => _token?.Dispose();

    /// <summary>The text of a secret file without the blanks and newlines around it.</summary>
    public static async Task<string> SecretFileAsync(string path, CancellationToken cancellation) =>
        (await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false)).Trim();

    private async ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken cancellation)
    {
        if (_token is not null) return await _token.HeaderAsync(cancellation).ConfigureAwait(false);
        if (_config.BasicAuth is { } basic)
        {
            string user = basic.UsernameFile.Length > 0 ? await SecretFileAsync(basic.UsernameFile, cancellation).ConfigureAwait(false) : basic.Username;
            string password = basic.PasswordFile.Length > 0 ? await SecretFileAsync(basic.PasswordFile, cancellation).ConfigureAwait(false) : basic.Password?.Reveal() ?? "";
            return Basic(user, password);
        }
        if (_config.Authorization is { } authorization)
        {
            bool inFile = authorization.CredentialsFile.Length > 0;
            string text = inFile ? await SecretFileAsync(authorization.CredentialsFile, cancellation).ConfigureAwait(false) : authorization.Credentials?.Reveal() ?? "";
            return new AuthenticationHeaderValue(authorization.Scheme, text);
        }
        if (_config.BearerTokenFile.Length > 0) return new AuthenticationHeaderValue("Bearer", await SecretFileAsync(_config.BearerTokenFile, cancellation).ConfigureAwait(false));
        return _config.BearerToken is { IsEmpty: false } token ? new AuthenticationHeaderValue("Bearer", token.Reveal()) : null;
    }

    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static bool HasFiles(HttpClientConfig config) =>
        config.BasicAuth is { UsernameFile.Length: > 0 } or { PasswordFile.Length: > 0 } || config.Authorization is { CredentialsFile.Length: > 0 }
        || config.BearerTokenFile.Length > 0 || config.HttpHeaders.Values.Any(header => header.Files.Count > 0);
}
