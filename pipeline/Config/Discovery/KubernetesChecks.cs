using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Config;

/// <summary>What keys of discovery by Kubernetes demand of each other, and the forms of its selectors.</summary>
internal static partial class KubernetesChecks
{
    public static void Check(KubernetesSdConfig config, ConfigErrors errors)
    {
        bool hasServer = config.ApiServer.Length > 0, hasKubeconfig = config.KubeconfigFile.Length > 0, hasHttp = !ConfigPrinter.AreSame(config.Http, new HttpClientConfig());
        if (hasServer && TryServer(config.ApiServer) is null) errors.Add(config, "api_server", "expected an address such as https://host:port");
        if (hasServer && hasKubeconfig) errors.Add(config, "kubeconfig_file", "\"kubeconfig_file\" names the server: no \"api_server\" beside it");
        if (hasKubeconfig && hasHttp) errors.Add(config, "kubeconfig_file", "\"kubeconfig_file\" says how to connect: no HTTP settings beside it");
        if (!hasServer && !hasKubeconfig && hasHttp) errors.Add(config, "api_server", "HTTP settings need an \"api_server\"");
        if (config.Namespaces.OwnNamespace && (hasServer || hasKubeconfig))
            errors.Add(config, "namespaces", "\"own_namespace\" is the one this process runs in: it takes neither \"api_server\" nor \"kubeconfig_file\"");
        if (config.Role is { } role) CheckSelectors(config, role, errors);
    }

    /// <summary>The address of a server, http:// where it says nothing; null when it is none.</summary>
    public static Uri? TryServer(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    /// <summary>Whether a text is a label selector as the API server reads it.</summary>
    public static bool IsLabelSelector(string text) => string.IsNullOrWhiteSpace(text) || LabelSelector().IsMatch(text);

    /// <summary>Whether a text is a field selector: terms with = , == or !=, in which a backslash stands before \ , and =.</summary>
    public static bool IsFieldSelector(string text) => text.Length == 0 || FieldSelector().IsMatch(text);

    private static void CheckSelectors(KubernetesSdConfig config, KubernetesRole role, ConfigErrors errors)
    {
        var allowed = AllowedRoles(role);
        var seen = new HashSet<KubernetesRole>();
        foreach (var selector in config.Selectors)
        {
            string name = selector.Role is { } kind ? EnumNames.Of(typeof(KubernetesRole)).Scalar.Format(kind) : "";
            if (selector.Role is not { } of || !allowed.Contains(of)) errors.Add(selector, "role", $"this role takes no selector for \"{name}\", only for {string.Join(", ", allowed.Select(r => EnumNames.Of(typeof(KubernetesRole)).Scalar.Format(r)))}");
            else if (!seen.Add(of)) errors.Add(selector, "role", $"a second selector for the role \"{name}\"");
        }
    }

    private static KubernetesRole[] AllowedRoles(KubernetesRole role) => role switch
    {
        KubernetesRole.Pod => [KubernetesRole.Pod, KubernetesRole.Node],
        KubernetesRole.Endpoints or KubernetesRole.EndpointSlice => [KubernetesRole.Pod, KubernetesRole.Service, role],
        KubernetesRole.Node or KubernetesRole.Service or KubernetesRole.Ingress => [role],
    };

    private const string Key = @"\s*(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\s*";
    private const string Value = @"\s*(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?\s*";
    private const string Set = @"\(" + Value + "(?:," + Value + @")*\)\s*";
    private const string Term = @"(?:\s*!" + Key + "|" + Key + @"(?:(?:==?|!=)" + Value + @"|(?:(?<=\s)(?:in|notin)\s*" + Set + @")|[<>]\s*-?[0-9]+\s*)?)";

    [GeneratedRegex("^" + Term + "(?:," + Term + ")*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelSelector();

    [GeneratedRegex(@"^(?:,|(?:[^\\,=!]|\\[\\,=])+(?:==?|!=)(?:[^\\,=]|\\[\\,=])*(?:,|$))*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldSelector();
}
