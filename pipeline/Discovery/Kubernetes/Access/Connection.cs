using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Where the API server is, and how it is spoken to.</summary>
/// <param name="Server">Its address, with a path where it is behind one.</param>
/// <param name="Http">Authentication, TLS, proxy.</param>
/// <param name="OwnNamespace">The namespace that this process runs in; empty when nobody asks.</param>
/// <param name="Plugin">What fetches the credentials, or null.</param>
internal sealed record Connection(Uri Server, HttpClientConfig Http, string OwnNamespace = "", ExecPlugin? Plugin = null)
{
    /// <summary>The connection that a configuration means. Files are read anew each time.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">What a file or the environment says is no connection.</exception>
    public static Connection Open(KubernetesSdConfig config, PodEnvironment pod)
    {
        if (config.KubeconfigFile.Length > 0) return KubeConfigFile.Read(config.KubeconfigFile);
        if (config.ApiServer.Length > 0) return new Connection(KubernetesChecks.TryServer(config.ApiServer) ?? throw new InvalidDataException($"api_server: \"{config.ApiServer}\" is no address"), config.Http);
        return pod.Connect(config.Namespaces.OwnNamespace);
    }
}
