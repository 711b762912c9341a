using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery.Kubernetes;
using Streamline.Pipeline.Tests.Ingest;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>Where the server is: in the configuration, in a kubeconfig file, or around the pod.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task InCluster_ServiceAccount_TokenIsReadAnew()
    {
        using var certificate = Certificate();
        await using var server = await ApiServer.StartAsync(certificate);
        Write("ca.crt", certificate.ExportCertificatePem());
        Write("token", "first\n");
        Write("namespace", "own");
        server.Authorization = "Bearer first";
        server.Put("pods", Objects.Pod("a", "own"));
        server.Put("pods", Objects.Pod("a", "other"));
        server.Put("pods", Objects.Pod("a", "third"));
        await using var cluster = await Cluster.StartAsync();
        cluster.Subscribe(new KubernetesSdConfig { Role = KubernetesRole.Pod, Namespaces = new KubernetesNamespacesConfig { OwnNamespace = true, Names = ["third"] } }, pod: Pod(server));
        await cluster.UntilSourcesAsync("pod/own/a", "pod/third/a");
        server.Authorization = "Bearer second";
        Write("token", "second");
        server.Put("pods", Objects.Pod("b", "own"));
        server.EndWatches();
        server.Put("pods", Objects.Pod("c", "own"));
        await cluster.UntilSourcesAsync("pod/own/a", "pod/own/b", "pod/own/c", "pod/third/a");
    }

    [Fact]
    public async Task Kubeconfig_OfTheCurrentContext()
    {
        await using var server = await ApiServer.StartAsync();
        server.Authorization = "Bearer sesame";
        server.Put("pods", Objects.Pod("a"));
        Write("config", Kubeconfig($"server: {server.Address}", "token: sesame"));
        await using var cluster = await Cluster.StartAsync();
        cluster.Subscribe(new KubernetesSdConfig { Role = KubernetesRole.Pod, KubeconfigFile = Path.Combine(_folder, "config") });
        await cluster.UntilSourcesAsync("pod/web/a");
    }

    [Fact]
    public void Kubeconfig_EveryKey()
    {
        string pem = Convert.ToBase64String(Encoding.UTF8.GetBytes("PEM"));
        var data = Open(
            $"server: https://k:6443/clusters/c1\n    certificate-authority-data: {pem}\n    certificate-authority: no.pem\n    tls-server-name: name\n    insecure-skip-tls-verify: true\n    proxy-url: http://proxy:1",
            $"client-certificate-data: {pem}\n    client-key-data: {pem}\n    as: bob\n    as-uid: '7'\n    as-groups: [g1, g2]\n    as-user-extra: {{a/b: [c]}}");
        Assert.Equal("https://k:6443/clusters/c1", data.Server.AbsoluteUri);
        Assert.Equal(("PEM", "", "PEM", "PEM", "name", true), (data.Http.TlsConfig.Ca, data.Http.TlsConfig.CaFile, data.Http.TlsConfig.Cert, data.Http.TlsConfig.Key!.Reveal(), data.Http.TlsConfig.ServerName, data.Http.TlsConfig.InsecureSkipVerify));
        Assert.Equal(("http://proxy:1", false), (data.Http.Proxy.ProxyUrl, data.Http.Proxy.ProxyFromEnvironment));
        Assert.Equal(
            ["Impersonate-Extra-a%2Fb: c", "Impersonate-Group: g1 g2", "Impersonate-Uid: 7", "Impersonate-User: bob"],
            data.Http.HttpHeaders.Select(h => $"{h.Key}: {string.Join(' ', h.Value.Values)}").Order(StringComparer.Ordinal));
        var files = Open("server: https://k:6443\n    certificate-authority: ca.pem", "client-certificate: sub/c.pem\n    client-key: /abs/k.pem\n    tokenFile: t\n    token: not-this-one");
        Assert.Equal((In("ca.pem"), In("sub/c.pem"), "/abs/k.pem", In("t")), (files.Http.TlsConfig.CaFile, files.Http.TlsConfig.CertFile, files.Http.TlsConfig.KeyFile, files.Http.Authorization!.CredentialsFile));
        Assert.True(files.Http.Proxy.ProxyFromEnvironment);
        var basic = Open("server: k:8080", "username: u\n    password: p");
        Assert.Equal(("http://k:8080/", "u", "p"), (basic.Server.AbsoluteUri, basic.Http.BasicAuth!.Username, basic.Http.BasicAuth.Password!.Reveal()));
    }

    [Theory]
    [InlineData("", "config: it is empty")]
    [InlineData("current-context: nobody", "config: there is no context \"nobody\" among its contexts")]
    [InlineData("clusters: []", "config: it names no context")]
    [InlineData("a: [", "config:")]
    public void Kubeconfig_ThatSaysNothing_IsRefused(string text, string expected)
    {
        Write("config", text);
        Assert.StartsWith(Path.Combine(_folder, expected), Assert.Throws<InvalidDataException>(() => KubeConfigFile.Read(In("config"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server: 'ftp://x'", "token: x", "the cluster's server \"ftp://x\" is no address")]
    [InlineData("server: https://x\n    certificate-authority-data: '!'", "token: x", "\"certificate-authority-data\" is not base64")]
    [InlineData("server: https://x", "exec: {args: [a]}", "\"exec\" names no command")]
    [InlineData("server: https://x", "exec: {command: c, interactiveMode: Always}", "\"exec\" wants to ask somebody (interactiveMode: Always), and nobody is here")]
    [InlineData("server: https://x", "auth-provider: {name: gcp}", "the user's \"auth-provider\" is of the past: kubectl knows \"exec\" in its place, or give it a token, a tokenFile or a client certificate")]
    public void Kubeconfig_ThatCannotBeUsed_IsRefused(string cluster, string user, string expected) =>
        Assert.Equal($"{In("config")}: {expected}", Assert.Throws<InvalidDataException>(() => Open(cluster, user)).Message);

    [Fact]
    public async Task Plugin_FetchesTokens_AndNewOnesWhenTheyAreOver()
    {
        await using var server = await ApiServer.StartAsync();
        server.Put("pods", Objects.Pod("a"));
        // Each run counts, and gives a token of its number that is over at once.
        Write("plugin", """
            #!/bin/sh
            echo "$KUBERNETES_EXEC_INFO $1 $MORE" >> runs
            printf '{"kind": "ExecCredential", "status": {"token": "t%s", "expirationTimestamp": "2020-01-01T00:00:00Z"}}' "$(wc -l < runs)"
            """.Replace("runs", In("runs"), StringComparison.Ordinal));
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(In("plugin"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("config", Kubeconfig($"server: {server.Address}", "exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: ./plugin\n      args: [one]\n      env: [{name: MORE, value: two}]\n      provideClusterInfo: true"));
        await using var cluster = await Cluster.StartAsync();
        cluster.Subscribe(new KubernetesSdConfig { Role = KubernetesRole.Pod, KubeconfigFile = In("config") });
        await cluster.UntilSourcesAsync("pod/web/a");
        server.Put("pods", Objects.Pod("b"));
        await cluster.UntilSourcesAsync("pod/web/a", "pod/web/b");
        Assert.Equal(["Bearer t1", "Bearer t2"], server.Authorizations.Take(2));
        string[] runs = await File.ReadAllLinesAsync(In("runs"), TestContext.Current.CancellationToken);
        Assert.Equal($$"""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"{{server.Address}}","insecure-skip-tls-verify":false} } } one two""".Replace(" }", "}", StringComparison.Ordinal), runs[0]);
    }

    [Theory]
    [InlineData("exit 3", "it exited with 3: why")]
    [InlineData("echo '{}'", "it printed no ExecCredential")]
    [InlineData("""echo '{"status": {"token": ""} }'""", "its credential is empty")]
    [InlineData("yes", "it printed more than 1 MiB")]
    public async Task Plugin_ThatFails_SaysWhy(string script, string expected)
    {
        var plugin = new ExecPlugin("/bin/sh", ["-c", $"echo why >&2; {script}"], new Dictionary<string, string>(), "v1", null);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => plugin.RunAsync(TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal("the credential plugin /bin/sh: " + expected, error.Message);
    }

    [Fact]
    public async Task Plugin_ThatIsNotThere_SaysSo()
    {
        var plugin = new ExecPlugin(In("none"), [], new Dictionary<string, string>(), "v1", null);
        await Assert.ThrowsAsync<InvalidDataException>(() => plugin.RunAsync(TimeProvider.System, TestContext.Current.CancellationToken));
        var credential = new ExecCredential("secret", "CERT", "KEY", null);
        var http = credential.AddTo(new HttpClientConfig { TlsConfig = new TlsConfig { CaFile = "ca" } });
        Assert.Equal(("secret", "CERT", "KEY", "ca"), (http.Authorization!.Credentials!.Reveal(), http.TlsConfig.Cert, http.TlsConfig.Key!.Reveal(), http.TlsConfig.CaFile));
        Assert.DoesNotContain("secret", $"{credential}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoServerYet_SaysNothing_AndTriesAgain()
    {
        await using var server = await ApiServer.StartAsync();
        server.Put("pods", Objects.Pod("a"));
        await using var cluster = await Cluster.StartAsync();
        var clock = new Streamline.Tests.Shared.ManualTimeProvider();
        var time = new SteppedTime(clock);
        cluster.Subscribe(new KubernetesSdConfig { Role = KubernetesRole.Pod, KubeconfigFile = In("config") }, time);
        Assert.Empty(await cluster.NextAsync());
        Assert.StartsWith("kubernetes_sd_configs: server: ", cluster.Provider!.Problem, StringComparison.Ordinal);
        await time.ArmedForAsync(TimeSpan.FromSeconds(30));
        Write("config", Kubeconfig($"server: {server.Address}", "token: x"));
        clock.Advance(TimeSpan.FromSeconds(30));
        await server.Signal.UntilAsync(() => !server.Requests.IsEmpty);
        await cluster.UntilSourcesAsync("pod/web/a");
        Assert.Null(cluster.Provider.Problem);
    }

    [Fact]
    public void OutsideOfAPod_SaysSo()
    {
        var error = Assert.Throws<InvalidDataException>(() => new PodEnvironment(_ => null, _folder).Connect(false));
        Assert.Contains("KUBERNETES_SERVICE_HOST", error.Message, StringComparison.Ordinal);
        var pod = new PodEnvironment(name => name == "KUBERNETES_SERVICE_HOST" ? "fd00::1" : "443", _folder);
        Assert.Throws<FileNotFoundException>(() => pod.Connect(false));
        Write("token", "t");
        var connection = pod.Connect(false);
        Assert.Equal(("https://[fd00::1]/", In("token"), "", ""), (connection.Server.AbsoluteUri, connection.Http.Authorization!.CredentialsFile, connection.Http.TlsConfig.CaFile, connection.OwnNamespace));
        Write("namespace", " \n");
        Assert.Throws<InvalidDataException>(() => pod.Connect(true));
    }

    private static string Kubeconfig(string cluster, string user) => $$"""
        apiVersion: v1
        kind: Config
        current-context: here
        contexts:
        - name: there
          context: {cluster: other, user: other}
        - name: here
          context:
            cluster: c
            user: u
            namespace: ignored
        clusters:
        - name: c
          cluster:
            {{cluster}}
        users:
        - name: u
          user:
            {{user}}
        """;

    private Connection Open(string cluster, string user)
    {
        Write("config", Kubeconfig(cluster, user));
        return KubeConfigFile.Read(In("config"));
    }

    private PodEnvironment Pod(ApiServer server)
    {
        var address = new Uri(server.Address);
        return new(name => name switch { "KUBERNETES_SERVICE_HOST" => address.Host, "KUBERNETES_SERVICE_PORT" => address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), _ => null }, _folder);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private void Write(string name, string text) => File.WriteAllText(In(name), text);

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
