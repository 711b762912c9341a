using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>What Kubernetes gives a process that runs in a pod: the server's address in the environment, the service account's files in a folder.</summary>
internal sealed record PodEnvironment(Func<string, string?> Variable, string Folder)
{
    public static readonly PodEnvironment Default = new(Environment.GetEnvironmentVariable, "/var/run/secrets/kubernetes.io/serviceaccount");

    /// <summary>A connection as the pod's service account. Its token is read at each request, since it is renewed every hour.</summary>
    public Connection Connect(bool needsNamespace)
    {
        string host = Variable("KUBERNETES_SERVICE_HOST") ?? "", port = Variable("KUBERNETES_SERVICE_PORT") ?? "";
        if (host.Length == 0 || port.Length == 0)
            throw new InvalidDataException("without \"api_server\" and \"kubeconfig_file\" it has to run in a pod of the cluster, but KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
        string token = Path.Combine(Folder, "token"), authority = Path.Combine(Folder, "ca.crt");
        if (!File.Exists(token)) throw new FileNotFoundException($"the pod has no service account token: {token} is missing");
        var http = new HttpClientConfig
        {
            Authorization = new AuthorizationConfig { CredentialsFile = token },
            TlsConfig = new TlsConfig { CaFile = File.Exists(authority) ? authority : "" },
            Proxy = new ProxyConfig { ProxyFromEnvironment = true },
        };
        return new Connection(new Uri($"https://{(host.Contains(':') ? $"[{host}]" : host)}:{port}"), http, needsNamespace ? OwnNamespace() : "");
    }

    private string OwnNamespace()
    {
        string path = Path.Combine(Folder, "namespace");
        string name = File.ReadAllText(path).Trim();
        return name.Length > 0 ? name : throw new InvalidDataException($"own_namespace: {path} is empty");
    }
}
