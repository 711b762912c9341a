using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Config;

/// <summary>How an HTTP request is authenticated, encrypted and routed. At most one kind of authentication is set.</summary>
internal sealed record HttpClientConfig : ConfigNode
{
    public BasicAuthConfig? BasicAuth { get; init; }

    /// <summary>Also what the older <c>bearer_token</c> and <c>bearer_token_file</c> become.</summary>
    public AuthorizationConfig? Authorization { get; init; }

    [Key("oauth2")]
    public OAuth2Config? OAuth2 { get; init; }

    public Secret? BearerToken { get; init; }

    [Path]
    public string BearerTokenFile { get; init; } = "";

    public TlsConfig TlsConfig { get; init; } = new();
    public bool FollowRedirects { get; init; } = true;

    [Key("enable_http2")]
    public bool EnableHttp2 { get; init; } = true;

    [Inline]
    public ProxyConfig Proxy { get; init; } = new();

    public IReadOnlyDictionary<string, HttpHeaderConfig> HttpHeaders { get; init; } = ConfigDefaults.NoHeaders;

    public override void Check(ConfigErrors errors) => HttpChecks.Check(this, errors);
}

/// <summary>Name and password.</summary>
internal sealed record BasicAuthConfig : ConfigNode
{
    public string Username { get; init; } = "";

    [Path]
    public string UsernameFile { get; init; } = "";

    public Secret? Password { get; init; }

    [Path]
    public string PasswordFile { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        HttpChecks.AtMostOne(this, errors, "username", "username_file");
        HttpChecks.AtMostOne(this, errors, "password", "password_file");
    }
}

/// <summary>An <c>Authorization</c> header.</summary>
internal sealed record AuthorizationConfig : ConfigNode
{
    public string Type { get; init; } = "Bearer";

    /// <summary>The type as it is sent: an empty one is Bearer.</summary>
    internal string Scheme => string.IsNullOrWhiteSpace(Type) ? "Bearer" : Type.Trim();

    public Secret? Credentials { get; init; }

    [Path]
    public string CredentialsFile { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        HttpChecks.AtMostOne(this, errors, "credentials", "credentials_file");
        if (Type.Trim().Equals("basic", StringComparison.OrdinalIgnoreCase)) errors.Add(this, "type", "type basic is not for \"authorization\": use \"basic_auth\"");
    }
}

/// <summary>OAuth 2.0 client credentials.</summary>
internal sealed record OAuth2Config : ConfigNode
{
    public string ClientId { get; init; } = "";
    public Secret? ClientSecret { get; init; }

    [Path]
    public string ClientSecretFile { get; init; } = "";

    public string GrantType { get; init; } = "";
    public string ClientCertificateKeyId { get; init; } = "";
    public Secret? ClientCertificateKey { get; init; }

    [Path]
    public string ClientCertificateKeyFile { get; init; } = "";

    public string SignatureAlgorithm { get; init; } = "";
    public string Iss { get; init; } = "";
    public string Audience { get; init; } = "";
    public YamlMapping? Claims { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public string TokenUrl { get; init; } = "";
    public IReadOnlyDictionary<string, string> EndpointParams { get; init; } = ConfigDefaults.NoStrings;
    public TlsConfig TlsConfig { get; init; } = new();

    [Inline]
    public ProxyConfig Proxy { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        if (GrantType == OAuth2Token.JwtBearer)
        {
            HttpChecks.AtMostOne(this, errors, "client_certificate_key", "client_certificate_key_file");
            if (SignatureAlgorithm is not ("" or "RS256" or "RS384" or "RS512")) errors.Add(this, "signature_algorithm", $"expected RS256, RS384 or RS512, found \"{SignatureAlgorithm}\"");
        }
        else HttpChecks.AtMostOne(this, errors, "client_secret", "client_secret_file");
        if (ClientId.Length == 0) errors.Add(this, "client_id", "\"oauth2\" needs a \"client_id\"");
        if (TokenUrl.Length == 0) errors.Add(this, "token_url", "\"oauth2\" needs a \"token_url\"");
    }
}

/// <summary>TLS of a client.</summary>
internal sealed record TlsConfig : ConfigNode
{
    public string Ca { get; init; } = "";

    [Path]
    public string CaFile { get; init; } = "";

    public string Cert { get; init; } = "";

    [Path]
    public string CertFile { get; init; } = "";

    public Secret? Key { get; init; }

    [Path]
    public string KeyFile { get; init; } = "";

    public string ServerName { get; init; } = "";
    public bool InsecureSkipVerify { get; init; }
    public TlsVersion? MinVersion { get; init; }
    public TlsVersion? MaxVersion { get; init; }

    public override void Check(ConfigErrors errors) => HttpChecks.CheckTls(this, errors);
}

/// <summary>Protocol versions as Prometheus writes them.</summary>
internal enum TlsVersion
{
    [Key("TLS10")]
    Tls10,

    [Key("TLS11")]
    Tls11,

    [Key("TLS12")]
    Tls12,

    [Key("TLS13")]
    Tls13,
}

/// <summary>Proxy of a client.</summary>
internal sealed record ProxyConfig : ConfigNode
{
    public string ProxyUrl { get; init; } = "";
    public string NoProxy { get; init; } = "";
    public bool ProxyFromEnvironment { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<Secret>> ProxyConnectHeader { get; init; } = ConfigDefaults.NoSecretLists;

    public override void Check(ConfigErrors errors) => HttpChecks.CheckProxy(this, errors);
}

/// <summary>Values of one extra request header.</summary>
internal sealed record HttpHeaderConfig : ConfigNode
{
    public IReadOnlyList<string> Values { get; init; } = [];
    public IReadOnlyList<Secret> Secrets { get; init; } = [];

    [Path]
    public IReadOnlyList<string> Files { get; init; } = [];
}
