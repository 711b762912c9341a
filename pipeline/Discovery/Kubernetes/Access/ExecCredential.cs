using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>What a credential plugin gave.</summary>
/// <param name="Token">A bearer token; empty without one.</param>
/// <param name="Certificate">A client certificate as PEM; empty without one.</param>
/// <param name="Key">Its key.</param>
/// <param name="Expires">When another one has to be fetched; null when the server refuses it.</param>
internal sealed record ExecCredential(string Token, string Certificate, string Key, DateTimeOffset? Expires)
{
    /// <summary>The settings of a client that shows it.</summary>
    public HttpClientConfig AddTo(HttpClientConfig http) => http with
    {
        Authorization = Token.Length > 0 ? new AuthorizationConfig { Credentials = new Secret(Token) } : http.Authorization,
        TlsConfig = Certificate.Length > 0 ? http.TlsConfig with { Cert = Certificate, CertFile = "", Key = new Secret(Key), KeyFile = "" } : http.TlsConfig,
    };

    // No token in a text by accident.
    public override string ToString() => nameof(ExecCredential);
}
