using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

/// <summary>What kubernetes_sd_configs accept.</summary>
public sealed class KubernetesSdConfigTests
{
    [Theory]
    [InlineData("role: pod, attach_metadata: {node: true, namespace: true, deployment: true, job: true, cronjob: true}, namespaces: {own_namespace: true, names: [a]}", "")]
    [InlineData("role: endpointslice, api_server: 'https://k:6443/path', bearer_token_file: /dev/null, tls_config: {insecure_skip_verify: true}", "")]
    [InlineData("role: node, api_server: 'k:6443'", "")]
    [InlineData("role: node, follow_redirects: true, enable_http2: true", "")]
    [InlineData("role: node, kubeconfig_file: /dev/null, enable_http2: false", "\"kubeconfig_file\" says how to connect: no HTTP settings beside it")]
    [InlineData("role: node, follow_redirects: false", "HTTP settings need an \"api_server\"")]
    [InlineData("role: node, api_server: 'ftp://k'", "expected an address such as https://host:port")]
    [InlineData("api_server: 'https://k'", "missing key \"role\"")]
    [InlineData("role: Pod", "expected one of node, service, pod, endpoints, endpointslice, ingress, found \"Pod\"")]
    [InlineData("role: pod, selectors: [{label: a}]", "this role takes no selector for \"\", only for pod, node")]
    [InlineData("role: ingress, selectors: [{role: pod}]", "this role takes no selector for \"pod\", only for ingress")]
    [InlineData("role: endpointslice, selectors: [{role: endpointslice}, {role: service}, {role: pod}, {role: pod}]", "a second selector for the role \"pod\"")]
    [InlineData("role: pod, nodes: x", "unknown key \"nodes\"")]
    public void Load_SaysWhatIsWrong(string entry, string expected)
    {
        var result = ConfigLoader.LoadText($"scrape_configs:\n- job_name: j\n  kubernetes_sd_configs:\n  - {{{entry}}}\n", "p.yml");
        Assert.Equal(expected, string.Join("\n", result.Errors.Select(e => e.Message)));
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("!a")]
    [InlineData(" ! a , b ")]
    [InlineData("app.kubernetes.io/name=x")]
    [InlineData("a==b,c!=d,e = f")]
    [InlineData("a=")]
    [InlineData("foo in (bar,baz)")]
    [InlineData("foo notin ( bar, baz ,), x")]
    [InlineData("in in (in)")]
    [InlineData("a>1,b< 2")]
    [InlineData("a=b_c.d-e")]
    public void LabelSelector_Good(string text) => Assert.True(KubernetesChecks.IsLabelSelector(text));

    [Theory]
    [InlineData("=a")]
    [InlineData("a,")]
    [InlineData("a b")]
    [InlineData("a=b=c")]
    [InlineData("a in b")]
    [InlineData("a in (b")]
    [InlineData("ain (b)")]
    [InlineData("-a=b")]
    [InlineData("a=b/c")]
    [InlineData("A/a=b")]
    [InlineData("a>b")]
    [InlineData("a=é")]
    public void LabelSelector_Bad(string text) => Assert.False(KubernetesChecks.IsLabelSelector(text));

    [Theory]
    [InlineData("", true)]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name==a,status.phase!=Running", true)]
    [InlineData("spec.nodeName=", true)]
    [InlineData(@"a=x\,y\=z\\", true)]
    [InlineData("a=b,", true)]
    [InlineData("metadata.status-Running", false)]
    [InlineData("a=b,c", false)]
    [InlineData(@"a=\n", false)]
    [InlineData("a=b=c", false)]
    public void FieldSelector_AsTheServerReadsIt(string text, bool isGood) => Assert.Equal(isGood, KubernetesChecks.IsFieldSelector(text));
}
