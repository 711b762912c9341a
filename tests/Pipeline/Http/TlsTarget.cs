using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Tests.Http;

/// <summary>An HTTPS server on a free port for the name <c>metrics.test</c> and 127.0.0.1, with its own certificate authority.</summary>
internal sealed class TlsTarget : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsTarget(WebApplication app, string authority) => (_app, Authority) = (app, authority);

    /// <summary>PEM of the authority.</summary>
    public string Authority { get; }

    public Uri Url => new($"https://127.0.0.1:{new Uri(_app.Urls.First()).Port}/metrics");

    /// <summary>Protocol, HTTP version and client certificate of the last request.</summary>
    public string Seen { get; private set; } = "";

    public static async Task<TlsTarget> StartAsync(bool asksForCertificate = false, string name = "metrics.test")
    {
        var (authority, key) = MakeAuthority("the authority");
        var (pem, keyPem) = Make(name, authority, key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = X509Certificate2.CreateFromPem(pem, keyPem);
            https.ClientCertificateMode = asksForCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate;
            https.ClientCertificateValidation = (_, _, _) => true;
        })));
        var app = builder.Build();
        var target = new TlsTarget(app, authority.ExportCertificatePem());
        app.Run(context =>
        {
            var tls = context.Features.Get<Microsoft.AspNetCore.Connections.Features.ITlsHandshakeFeature>();
            target.Seen = $"{tls?.Protocol} {context.Request.Protocol} {context.Connection.ClientCertificate?.Subject}".TrimEnd();
            return context.Response.WriteAsync("ok");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return target;
    }

    /// <summary>A self-signed certificate for a client.</summary>
    public static (string Certificate, string Key) MakeClient(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(130));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    public static (X509Certificate2 Certificate, ECDsa Key) MakeAuthority(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return (request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(130)), key);
    }

    private static (string Certificate, string Key) Make(string name, X509Certificate2 authority, ECDsa authorityKey)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), DateTimeOffset.UnixEpoch.AddYears(51), DateTimeOffset.UnixEpoch.AddYears(129), [1, 2, 3]);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
