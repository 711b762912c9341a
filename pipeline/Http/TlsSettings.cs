using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Http;

/// <summary>A <c>tls_config</c> of a client as the framework wants it.</summary>
internal static class TlsSettings
{
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A certificate or key is none.</exception>
    public static SslClientAuthenticationOptions Of(TlsConfig tls)
    {
        var options = new SslClientAuthenticationOptions { EnabledSslProtocols = Versions(tls.MinVersion, tls.MaxVersion) };
        if (tls.ServerName.Length > 0) options.TargetHost = tls.ServerName;
#pragma warning disable CA5359 // The user asked for it by name: insecure_skip_verify.
        if (tls.InsecureSkipVerify) options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        try
        {
            if (tls.Ca.Length + tls.CaFile.Length > 0) options.CertificateChainPolicy = TrustOnly(Text(tls.Ca, tls.CaFile));
            if (tls.Cert.Length + tls.CertFile.Length > 0) options.ClientCertificateContext = ClientCertificate(Text(tls.Cert, tls.CertFile), Text(tls.Key?.Reveal() ?? "", tls.KeyFile));
        }
        catch (CryptographicException error)
        {
            throw new InvalidDataException($"tls_config: {error.Message}", error);
        }
        return options;
    }

    private static string Text(string inline, string file) => inline.Length > 0 ? inline : File.ReadAllText(file);

    private static X509ChainPolicy TrustOnly(string pem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(pem);
        if (policy.CustomTrustStore.Count == 0) throw new InvalidDataException("tls_config: the CA holds no certificate");
        // An intermediate given as CA is trusted by Go; here chains are built through it.
        policy.ExtraStore.AddRange(policy.CustomTrustStore);
        return policy;
    }

    // The first certificate is ours, those behind it its chain.
    private static SslStreamCertificateContext ClientCertificate(string certificates, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificates, key), chain, offline: true);
    }

    // Go's client offers 1.2 and 1.3 unless told otherwise.
    private static SslProtocols Versions(TlsVersion? least, TlsVersion? most)
    {
        if (least is null && most is null) return SslProtocols.None;
        var (from, to) = (least ?? (most < TlsVersion.Tls12 ? most.Value : TlsVersion.Tls12), most ?? TlsVersion.Tls13);
        var versions = SslProtocols.None;
        for (var version = from; version <= to; version++) versions |= Of(version);
        return versions;
    }

#pragma warning disable SYSLIB0039 // 1.0 and 1.1 only when the user writes them.
#pragma warning disable CA5397
    private static SslProtocols Of(TlsVersion version) => version switch
    {
        TlsVersion.Tls10 => SslProtocols.Tls,
        TlsVersion.Tls11 => SslProtocols.Tls11,
        TlsVersion.Tls12 => SslProtocols.Tls12,
        TlsVersion.Tls13 => SslProtocols.Tls13,
    };
#pragma warning restore CA5397
#pragma warning restore SYSLIB0039
}
