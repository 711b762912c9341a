using System.Text;
using System.Text.Json.Nodes;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A file of kubectl: its current context names a cluster and a user.</summary>
internal sealed class KubeConfigFile
{
    // A file of certificates of some hundred clusters; nobody keeps a larger one.
    private const long MaxBytes = 8 << 20;

    private readonly string _path;
    private readonly YamlMapping _root;

    private KubeConfigFile(string path, YamlMapping root) => (_path, _root) = (path, root);

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It says no connection.</exception>
    public static Connection Read(string path)
    {
        if (new FileInfo(path).Length > MaxBytes) throw new InvalidDataException($"{path}: larger than {MaxBytes >> 20} MiB");
        var errors = new ConfigErrors();
        var root = YamlReader.Read(File.ReadAllText(path), path, errors) as YamlMapping;
        if (errors.Count > 0) throw new InvalidDataException($"{path}: {errors.Errors[0]}");
        return new KubeConfigFile(path, root ?? throw new InvalidDataException($"{path}: it is empty")).Connect();
    }

    private Connection Connect()
    {
        var context = Find("contexts", "context", Text(_root, "current-context"));
        var cluster = Find("clusters", "cluster", Text(context, "cluster"));
        var user = Text(context, "user") is { Length: > 0 } name ? Find("users", "user", name) : null;
        var server = KubernetesChecks.TryServer(Text(cluster, "server")) ?? throw Wrong($"the cluster's server \"{Text(cluster, "server")}\" is no address");
        var http = new HttpClientConfig { TlsConfig = Tls(cluster, user), Proxy = Proxy(cluster) };
        return new Connection(server, Authenticated(user, http), Plugin: user?["exec"] is YamlMapping exec ? Plugin(exec, server, http.TlsConfig) : null);
    }

    private HttpClientConfig Authenticated(YamlMapping? user, HttpClientConfig http)
    {
        if (user is null) return http;
        if (user["auth-provider"] is YamlMapping) throw Wrong("the user's \"auth-provider\" is of the past: kubectl knows \"exec\" in its place, or give it a token, a tokenFile or a client certificate");
        var headers = Impersonation(user);
        if (headers.Count > 0) http = http with { HttpHeaders = headers };
        if (Resolve(Text(user, "tokenFile")) is { Length: > 0 } file) return http with { Authorization = new AuthorizationConfig { CredentialsFile = file } };
        if (Text(user, "token") is { Length: > 0 } token) return http with { Authorization = new AuthorizationConfig { Credentials = new Secret(token) } };
        if (Text(user, "username") is { Length: > 0 } username) return http with { BasicAuth = new BasicAuthConfig { Username = username, Password = new Secret(Text(user, "password")) } };
        return http;
    }

    private ExecPlugin Plugin(YamlMapping exec, Uri server, TlsConfig tls)
    {
        string command = Text(exec, "command");
        if (command.Length == 0) throw Wrong("\"exec\" names no command");
        if (Text(exec, "interactiveMode") == "Always") throw Wrong("\"exec\" wants to ask somebody (interactiveMode: Always), and nobody is here");
        var variables = (exec["env"] as YamlSequence)?.Items.OfType<YamlMapping>().ToDictionary(entry => Text(entry, "name"), entry => Text(entry, "value"));
        return new ExecPlugin(
            command.Contains('/') ? Resolve(command) : command,
            exec["args"] is YamlSequence arguments ? Texts(arguments) : [],
            variables ?? [],
            Text(exec, "apiVersion"),
            Text(exec, "provideClusterInfo") == "true" ? ClusterInfo(server, tls) : null);
    }

    private static JsonObject ClusterInfo(Uri server, TlsConfig tls)
    {
        string authority = tls.CaFile.Length > 0 ? File.ReadAllText(tls.CaFile) : tls.Ca;
        var cluster = new JsonObject { ["server"] = server.AbsoluteUri.TrimEnd('/'), ["insecure-skip-tls-verify"] = tls.InsecureSkipVerify };
        if (authority.Length > 0) cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
        if (tls.ServerName.Length > 0) cluster["tls-server-name"] = tls.ServerName;
        return cluster;
    }

    // Data in the file stands over a file that is named beside it.
    private TlsConfig Tls(YamlMapping cluster, YamlMapping? user)
    {
        string authority = Decoded(cluster, "certificate-authority-data"), certificate = Decoded(user, "client-certificate-data"), key = Decoded(user, "client-key-data");
        return new TlsConfig
        {
            Ca = authority,
            CaFile = authority.Length > 0 ? "" : Resolve(Text(cluster, "certificate-authority")),
            Cert = certificate,
            CertFile = certificate.Length > 0 ? "" : Resolve(Text(user, "client-certificate")),
            Key = key.Length > 0 ? new Secret(key) : null,
            KeyFile = key.Length > 0 ? "" : Resolve(Text(user, "client-key")),
            ServerName = Text(cluster, "tls-server-name"),
            InsecureSkipVerify = Text(cluster, "insecure-skip-tls-verify") == "true",
        };
    }

    private static ProxyConfig Proxy(YamlMapping cluster) =>
        Text(cluster, "proxy-url") is { Length: > 0 } url ? new ProxyConfig { ProxyUrl = url } : new ProxyConfig { ProxyFromEnvironment = true };

    private static Dictionary<string, HttpHeaderConfig> Impersonation(YamlMapping user)
    {
        var headers = new Dictionary<string, HttpHeaderConfig>();
        if (Text(user, "as") is { Length: > 0 } name) headers["Impersonate-User"] = new HttpHeaderConfig { Values = [name] };
        if (Text(user, "as-uid") is { Length: > 0 } uid) headers["Impersonate-Uid"] = new HttpHeaderConfig { Values = [uid] };
        if (user["as-groups"] is YamlSequence groups) headers["Impersonate-Group"] = new HttpHeaderConfig { Values = Texts(groups) };
        if (user["as-user-extra"] is not YamlMapping extras) return headers;
        foreach (var (key, value) in extras.Entries)
        {
            if (value is YamlSequence values) headers["Impersonate-Extra-" + Uri.EscapeDataString(key.Text)] = new HttpHeaderConfig { Values = Texts(values) };
        }
        return headers;
    }

    private YamlMapping Find(string list, string kind, string name)
    {
        if (name.Length == 0) throw Wrong($"it names no {kind}");
        var entries = (_root[list] as YamlSequence)?.Items.OfType<YamlMapping>() ?? [];
        return entries.FirstOrDefault(entry => Text(entry, "name") == name)?[kind] as YamlMapping ?? throw Wrong($"there is no {kind} \"{name}\" among its {list}");
    }

    private string Decoded(YamlMapping? mapping, string key)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(Text(mapping, key)));
        }
        catch (FormatException)
        {
            throw Wrong($"\"{key}\" is not base64");
        }
    }

    // Against the folder of the file.
    private string Resolve(string path) => path.Length == 0 ? "" : Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(_path))!);

    private InvalidDataException Wrong(string message) => new($"{_path}: {message}");

    private static string Text(YamlMapping? mapping, string key) => mapping?[key] is YamlScalar { IsNull: false } scalar ? scalar.Text : "";

    private static List<string> Texts(YamlSequence list) => [.. list.Items.OfType<YamlScalar>().Select(item => item.Text)];
}
