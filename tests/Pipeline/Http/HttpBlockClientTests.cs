using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Http;
using Streamline.Pipeline.Tests.Scrape;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Http;

/// <summary>Each key of an HTTP client block against a real server.</summary>
public sealed class HttpBlockClientTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-http-").FullName;
    private readonly ManualTimeProvider _time = new();
    private HttpTarget _target = null!;

    public async ValueTask InitializeAsync()
    {
        _target = await HttpTarget.StartAsync();
        _target.Says("ok");
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Uri Url => new($"http://{_target.Address}/metrics");

    private string Save(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(HttpStatusCode Code, string Body)> GetAsync(HttpBlockClient client, Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("X-Own", "1");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string> GetAsync(HttpClientConfig config, Uri url)
    {
        using var client = new HttpBlockClient(config, _time);
        return (await GetAsync(client, url)).Body;
    }

    [Fact]
    public async Task SecretsInFiles_AreReadAtEachRequest()
    {
        string user = Save("user", "me\n"), password = Save("password", "one"), header = Save("header", " a ");
        using var client = new HttpBlockClient(
            new HttpClientConfig
            {
                BasicAuth = new BasicAuthConfig { UsernameFile = user, PasswordFile = password },
                HttpHeaders = new Dictionary<string, HttpHeaderConfig> { ["X-Tenant"] = new() { Files = [header], Values = ["v"], Secrets = [new Secret("s")] }, ["Transfer-Encoding"] = new() { Values = ["chunked"] } },
            },
            _time);
        await GetAsync(client, Url);
        Assert.Equal(("Basic " + Convert.ToBase64String("me:one"u8), "v, s, a"), (_target.Headers.Authorization.ToString(), _target.Headers["X-Tenant"].ToString()));
        Save("password", "two");
        await GetAsync(client, Url);
        Assert.Equal("Basic " + Convert.ToBase64String("me:two"u8), _target.Headers.Authorization);
        File.Delete(password);
        await Assert.ThrowsAnyAsync<IOException>(() => GetAsync(client, Url));
    }

    [Theory]
    [InlineData("authorization", "Token xyz")]
    [InlineData("blank_type", "Bearer xyz")]
    [InlineData("bearer_token", "Bearer xyz")]
    [InlineData("bearer_token_file", "Bearer xyz")]
    public async Task Authorizations_AreSent(string kind, string expected)
    {
        await GetAsync(
            kind switch
            {
                "authorization" => new HttpClientConfig { Authorization = new AuthorizationConfig { Type = "Token", Credentials = new Secret("xyz") } },
                "blank_type" => new HttpClientConfig { Authorization = new AuthorizationConfig { Type = " ", Credentials = new Secret("xyz") } },
                "bearer_token" => new HttpClientConfig { BearerToken = new Secret("xyz") },
                _ => new HttpClientConfig { BearerTokenFile = Save("token", "xyz\n") },
            },
            Url);
        Assert.Equal(expected, _target.Headers.Authorization);
    }

    [Theory]
    [InlineData("127.0.0.1", true, "Bearer t|1|v")]
    [InlineData("127.0.0.1:", true, "Bearer t|1|v")]
    [InlineData("localhost:", true, "|1|")]
    [InlineData("127.0.0.1", false, "302")]
    public async Task Redirects_TakeCredentialsToTheSameHostOnly(string host, bool follows, string expected)
    {
        await using var other = await HttpTarget.StartAsync();
        // With a colon: to the other port.
        string there = host.EndsWith(':') ? host + other.Address.Split(':')[1] : _target.Address;
        Func<HttpContext, Task> answer = context => context.Response.WriteAsync($"{context.Request.Headers.Authorization}|{context.Request.Headers["X-Own"]}|{context.Request.Headers["X-Extra"]}");
        other.Answer = answer;
        _target.Answer = context =>
        {
            if (context.Request.Path == "/there") return answer(context);
            context.Response.Redirect($"http://{there}/there");
            return Task.CompletedTask;
        };
        var config = new HttpClientConfig
        {
            FollowRedirects = follows,
            BearerToken = new Secret("t"),
            HttpHeaders = new Dictionary<string, HttpHeaderConfig> { ["X-Extra"] = new() { Values = ["v"] } },
        };
        using var client = new HttpBlockClient(config, _time);
        var (code, body) = await GetAsync(client, Url);
        Assert.Equal(expected, follows ? body : ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Redirects_OnceAway_CredentialsStayAway()
    {
        await using var other = await HttpTarget.StartAsync();
        other.Answer = context =>
        {
            context.Response.Redirect($"http://{_target.Address}/back");
            return Task.CompletedTask;
        };
        _target.Answer = context =>
        {
            if (context.Request.Path == "/back") return context.Response.WriteAsync($"{context.Request.Headers.Authorization}|");
            context.Response.Redirect($"http://localhost:{other.Address.Split(':')[1]}/");
            return Task.CompletedTask;
        };
        Assert.Equal("|", await GetAsync(new HttpClientConfig { BearerToken = new Secret("t") }, Url));
    }

    [Theory]
    [InlineData(302, "GET |Bearer t")]
    [InlineData(303, "GET |Bearer t")]
    [InlineData(307, "POST twice|Bearer t")]
    [InlineData(308, "POST twice|Bearer t")]
    public async Task RedirectedPosts_BecomeGets_OrKeepTheirContent(int code, string expected)
    {
        _target.Answer = async context =>
        {
            if (context.Request.Path == "/there")
            {
                using var reader = new StreamReader(context.Request.Body);
                await context.Response.WriteAsync($"{context.Request.Method} {await reader.ReadToEndAsync()}|{context.Request.Headers.Authorization}");
                return;
            }
            context.Response.StatusCode = code;
            context.Response.Headers.Location = context.Request.Path == "/metrics" ? "/again" : "/there";
        };
        using var client = new HttpBlockClient(new HttpClientConfig { BearerToken = new Secret("t") }, _time);
        using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = new ByteArrayContent("twice"u8.ToArray()) };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LoginInTheAddress_WinsOverTheBlock()
    {
        await GetAsync(new HttpClientConfig { BearerToken = new Secret("t") }, new Uri($"http://me:a%2Fb@{_target.Address}/"));
        Assert.Equal("Basic " + Convert.ToBase64String("me:a/b"u8), _target.Headers.Authorization);
    }

    [Fact]
    public async Task EndlessRedirects_End()
    {
        _target.Answer = context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        };
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(new HttpClientConfig(), Url));
        Assert.Equal("stopped after 10 redirects", error.Message);
    }

    [Fact]
    public async Task OAuth2_FetchesATokenOnce_AndAgainWhenItEndsOrTheSecretChanges()
    {
        List<string> forms = [];
        _target.Answer = async context =>
        {
            if (context.Request.Path != "/token") return;
            using var reader = new StreamReader(context.Request.Body);
            forms.Add($"{context.Request.Headers.Authorization} {await reader.ReadToEndAsync()}");
            await context.Response.WriteAsync($"{{\"access_token\": \"t{forms.Count}\", \"token_type\": \"bearer\", \"expires_in\": 60}}");
        };
        string secret = Save("secret", "s1");
        using var client = new HttpBlockClient(
            new HttpClientConfig
            {
                OAuth2 = new OAuth2Config
                {
                    ClientId = "id",
                    ClientSecretFile = secret,
                    TokenUrl = $"http://{_target.Address}/token",
                    Scopes = ["a", "b"],
                    EndpointParams = new Dictionary<string, string> { ["x"] = "y z" },
                },
            },
            _time);
        await GetAsync(client, Url);
        await GetAsync(client, Url);
        Assert.Equal("Bearer t1", _target.Headers.Authorization);
        Assert.Equal([$"Basic {Convert.ToBase64String("id:s1"u8)} x=y+z&grant_type=client_credentials&scope=a+b"], forms);
        _time.Advance(TimeSpan.FromSeconds(51));
        await GetAsync(client, Url);
        Assert.Equal("Bearer t2", _target.Headers.Authorization);
        Save("secret", "s2");
        await GetAsync(client, Url);
        Assert.Equal("Bearer t3", _target.Headers.Authorization);
    }

    [Fact]
    public async Task OAuth2_WhereTheHeaderIsRefused_SendsTheSecretInTheBody()
    {
        string form = "";
        _target.Answer = async context =>
        {
            if (context.Request.Path != "/token") return;
            if (context.Request.Headers.Authorization.Count > 0)
            {
                context.Response.StatusCode = 401;
                return;
            }
            using var reader = new StreamReader(context.Request.Body);
            form = await reader.ReadToEndAsync();
            await context.Response.WriteAsync("{\"access_token\": \"t\"}");
        };
        await GetAsync(new HttpClientConfig { OAuth2 = new OAuth2Config { ClientId = "id", ClientSecret = new Secret("s"), TokenUrl = $"http://{_target.Address}/token" } }, Url);
        Assert.Equal("grant_type=client_credentials&client_id=id&client_secret=s", form);
        Assert.Equal("Bearer t", _target.Headers.Authorization);
    }

    [Fact]
    public async Task OAuth2_SignsAnAssertion()
    {
        using var key = RSA.Create(2048);
        string form = "";
        _target.Answer = async context =>
        {
            if (context.Request.Path != "/token") return;
            using var reader = new StreamReader(context.Request.Body);
            form = await reader.ReadToEndAsync();
            await context.Response.WriteAsync("{\"access_token\": \"t\"}");
        };
        var oauth2 = new OAuth2Config
        {
            GrantType = OAuth2Token.JwtBearer,
            ClientId = "id",
            Iss = "me",
            ClientCertificateKey = new Secret(key.ExportPkcs8PrivateKeyPem()),
            ClientCertificateKeyId = "k1",
            SignatureAlgorithm = "RS384",
            TokenUrl = $"http://{_target.Address}/token",
        };
        await GetAsync(new HttpClientConfig { OAuth2 = oauth2 }, Url);
        string assertion = WebUtility.UrlDecode(form.Split('&').Single(f => f.StartsWith("assertion=", StringComparison.Ordinal))["assertion=".Length..]);
        string[] parts = assertion.Split('.');
        byte[] Bytes(string part) => System.Buffers.Text.Base64Url.DecodeFromChars(part);
        Assert.Equal("{\"alg\":\"RS384\",\"typ\":\"JWT\",\"kid\":\"k1\"}", Encoding.UTF8.GetString(Bytes(parts[0])));
        Assert.Contains("\"iss\":\"me\"", Encoding.UTF8.GetString(Bytes(parts[1])), StringComparison.Ordinal);
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Bytes(parts[2]), HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task Tls_TrustsTheGivenAuthorityOnly_ForTheGivenName()
    {
        await using var target = await TlsTarget.StartAsync();
        var trusted = new TlsConfig { Ca = target.Authority, ServerName = "metrics.test" };
        Assert.Equal("ok", await GetAsync(new HttpClientConfig { TlsConfig = trusted }, target.Url));
        Assert.Equal("Tls13 HTTP/2", target.Seen);
        Assert.Equal("ok", await GetAsync(new HttpClientConfig { TlsConfig = trusted with { MaxVersion = TlsVersion.Tls12 }, EnableHttp2 = false }, target.Url));
        Assert.Equal("Tls12 HTTP/1.1", target.Seen);
        Assert.Equal("ok", await GetAsync(new HttpClientConfig { TlsConfig = new TlsConfig { InsecureSkipVerify = true } }, target.Url));
        foreach (var refused in (TlsConfig[])[new TlsConfig { ServerName = "metrics.test" }, trusted with { ServerName = "other.test" }, trusted with { Ca = TlsTarget.MakeAuthority("another").Certificate.ExportCertificatePem() }])
            await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(new HttpClientConfig { TlsConfig = refused }, target.Url));
    }

    [Fact]
    public async Task ClientCertificate_IsShown_AndTakenUpWhenItsFileChanges()
    {
        await using var target = await TlsTarget.StartAsync(asksForCertificate: true);
        var (certificate, key) = TlsTarget.MakeClient("first");
        string certificateFile = Save("cert.pem", certificate), keyFile = Save("key.pem", key);
        using var client = new HttpBlockClient(
            new HttpClientConfig { EnableHttp2 = false, TlsConfig = new TlsConfig { InsecureSkipVerify = true, CertFile = certificateFile, KeyFile = keyFile } }, _time);
        await GetAsync(client, target.Url);
        Assert.EndsWith("CN=first", target.Seen, StringComparison.Ordinal);
        (certificate, key) = TlsTarget.MakeClient("the second");
        Save("cert.pem", certificate);
        Save("key.pem", key);
        await GetAsync(client, target.Url);
        Assert.EndsWith("CN=the second", target.Seen, StringComparison.Ordinal);
        Save("key.pem", "no key");
        await Assert.ThrowsAsync<InvalidDataException>(() => GetAsync(client, target.Url));
    }

    // As secrets are mounted into containers: the files are links for ever, the folder that they lead through is exchanged.
    [Fact]
    public async Task ClientCertificate_BehindALink_IsTakenUpWhenTheLinkLeadsElsewhere()
    {
        await using var target = await TlsTarget.StartAsync(asksForCertificate: true);
        foreach (string version in (string[])["one", "two"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
            var (certificate, key) = TlsTarget.MakeClient(version);
            Save($"{version}/cert.pem", certificate);
            Save($"{version}/key.pem", key);
        }
        // Two files written within one tick of the clock look alike.
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "one", "cert.pem"), DateTime.UnixEpoch);
        string data = Path.Combine(_folder, "data"), certificateFile = Path.Combine(_folder, "cert.pem"), keyFile = Path.Combine(_folder, "key.pem");
        File.CreateSymbolicLink(data, "one");
        File.CreateSymbolicLink(certificateFile, "data/cert.pem");
        File.CreateSymbolicLink(keyFile, "data/key.pem");
        using var client = new HttpBlockClient(
            new HttpClientConfig { EnableHttp2 = false, TlsConfig = new TlsConfig { InsecureSkipVerify = true, CertFile = certificateFile, KeyFile = keyFile } }, _time);
        await GetAsync(client, target.Url);
        Assert.EndsWith("CN=one", target.Seen, StringComparison.Ordinal);
        File.Delete(data);
        File.CreateSymbolicLink(data, "two");
        await GetAsync(client, target.Url);
        Assert.EndsWith("CN=two", target.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnixSocket_IsDialledWhateverTheAddress()
    {
        string socket = Path.Combine(_folder, "s");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(socket));
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync($"{context.Request.Host}{context.Request.Path}"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpBlockClient(new HttpClientConfig(), _time, unixSocket: socket);
        Assert.Equal("nowhere.test/metrics", (await GetAsync(client, new Uri("http://nowhere.test/metrics"))).Body);
    }

    [Fact]
    public async Task Proxy_GetsTheWholeUrl_AndTheTunnelItsHeaders()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var heads = new List<string>();
        var serving = ServeAsync(proxy, heads);
        var config = new ProxyConfig
        {
            ProxyUrl = $"http://user:pw@{proxy.LocalEndpoint}",
            ProxyConnectHeader = new Dictionary<string, IReadOnlyList<Secret>> { ["X-Way"] = [new Secret("through")] },
        };
        Assert.Equal("by proxy", await GetAsync(new HttpClientConfig { Proxy = config }, new Uri("http://far.test/metrics")));
        Assert.StartsWith("GET http://far.test/metrics HTTP/1.1\r\n", heads[0], StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(new HttpClientConfig { Proxy = config }, new Uri("https://far.test/metrics")));
        Assert.Equal($"CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\nProxy-Authorization: Basic {Convert.ToBase64String("user:pw"u8)}\r\nX-Way: through\r\n\r\n", heads[1]);
        proxy.Stop();
        await serving;
    }

    // Answers each request itself; tunnels are refused.
    private static async Task ServeAsync(TcpListener proxy, List<string> heads)
    {
        try
        {
            while (true)
            {
                using var client = await proxy.AcceptTcpClientAsync();
                byte[] buffer = new byte[4096];
                int read = await client.GetStream().ReadAsync(buffer);
                heads.Add(Encoding.ASCII.GetString(buffer, 0, read));
                bool isTunnel = heads[^1].StartsWith("CONNECT", StringComparison.Ordinal);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(isTunnel ? "HTTP/1.1 403 No\r\n\r\n" : "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\nby proxy"));
            }
        }
        // An accept that ends with the listener, or begins after it.
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    [Theory]
    [InlineData("", "http://a.test/", "http://proxy:1/")]
    [InlineData("a.test", "http://a.test/", null)]
    [InlineData("a.test", "http://x.a.test/", null)]
    [InlineData("a.test", "http://ba.test/", "http://proxy:1/")]
    [InlineData(".a.test", "http://a.test/", "http://proxy:1/")]
    [InlineData("*.a.test", "http://x.a.test/", null)]
    [InlineData("b.test:8080, a.test:80", "http://a.test/", null)]
    [InlineData("a.test:8080", "http://a.test/", "http://proxy:1/")]
    [InlineData("10.0.0.0/8", "http://10.1.2.3:9100/", null)]
    [InlineData("10.0.0.0/8", "http://11.1.2.3/", "http://proxy:1/")]
    [InlineData("10.1.2.3", "http://10.1.2.3/", null)]
    [InlineData("*", "http://a.test/", null)]
    [InlineData("x", "http://127.0.0.1/", null)]
    [InlineData("", "http://127.0.0.1/", "http://proxy:1/")]
    public void NoProxy_NamesTheExceptions(string noProxy, string url, string? expected)
    {
        var rules = ProxyRules.Of(new ProxyConfig { ProxyUrl = "http://proxy:1", NoProxy = noProxy })!;
        Assert.Equal(expected, rules.GetProxy(new Uri(url))?.AbsoluteUri);
    }

    [Theory]
    [InlineData("proxy:3128", "http://proxy:3128/")]
    [InlineData("https://a:b@proxy", "https://a:b@proxy/")]
    [InlineData("http://a:b@c@proxy:1/?@", "http://a:b%40c@proxy:1/?@")]
    [InlineData("socks5h://proxy:1080", "socks5://proxy:1080/")]
    [InlineData("ftp://proxy", null)]
    [InlineData("http://", null)]
    public void ProxyUrl_MayBe(string url, string? expected) => Assert.Equal(expected, ProxyRules.Parse(url)?.ToString());

    [Fact]
    public void Environment_NamesProxiesByScheme()
    {
        var variables = new Dictionary<string, string> { ["HTTP_PROXY"] = "plain:1", ["https_proxy"] = "http://secure:2", ["NO_PROXY"] = "spared.test" };
        var rules = ProxyRules.Of(new ProxyConfig { ProxyFromEnvironment = true }, variables.GetValueOrDefault)!;
        Assert.Equal("http://plain:1/", rules.GetProxy(new Uri("http://a.test"))?.AbsoluteUri);
        Assert.Equal("http://secure:2/", rules.GetProxy(new Uri("https://a.test"))?.AbsoluteUri);
        Assert.Null(rules.GetProxy(new Uri("http://spared.test")));
        Assert.Null(rules.GetProxy(new Uri("http://localhost:9090")));
        Assert.Null(ProxyRules.Of(new ProxyConfig { ProxyFromEnvironment = true }, _ => null));
    }
}
