namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>Objects as the API reference of Kubernetes describes them, also with fields that nobody reads here.</summary>
internal static class Objects
{
    public static string Node(string name = "n1", string extra = "") => $$"""
        {
          "kind": "Node", "apiVersion": "v1",
          "metadata": {"name": "{{name}}", "uid": "u-{{name}}", "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"kubernetes.io/os": "linux", "zone": "a"{{extra}}}, "annotations": {"node.alpha/ttl": "0"},
            "managedFields": [{"manager": "kubelet", "fieldsV1": {"f:status": {"f:conditions": { } } } }]},
          "spec": {"providerID": "aws:///eu/i-1", "podCIDR": "10.0.0.0/24"},
          "status": {
            "capacity": {"cpu": "4", "pods": "110"},
            "conditions": [
              {"type": "MemoryPressure", "status": "False", "reason": "KubeletHasSufficientMemory"},
              {"type": "Ready", "status": "True"},
              {"type": "example.com/Odd-One", "status": "Unknown"}],
            "addresses": [
              {"type": "Hostname", "address": "{{name}}.lan"}, {"type": "ExternalIP", "address": "5.6.7.8"},
              {"type": "InternalIP", "address": "1.2.3.4"}, {"type": "InternalIP", "address": "fd00::4"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250} }
          }
        }
        """;

    public static string Namespace(string name = "web", string team = "blue") => $$"""
        {"metadata": {"name": "{{name}}", "labels": {"team": "{{team}}"}, "annotations": {"cost/centre": "7"} }, "status": {"phase": "Active"} }
        """;

    public static string Service(string name = "front", string place = "web", string spec = """ "type": "ClusterIP", "clusterIP": "10.1.1.1" """) => $$"""
        {
          "metadata": {"name": "{{name}}", "namespace": "{{place}}", "labels": {"app.kubernetes.io/name": "front"}, "annotations": {"prometheus.io/scrape": "true"} },
          "spec": { {{spec}}, "selector": {"app": "front"},
            "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": 8080}, {"protocol": "UDP", "port": 53, "targetPort": "dns"}]},
          "status": {"loadBalancer": { } }
        }
        """;

    /// <summary>A pod with one container with two ports, one without, and one that runs before them.</summary>
    public static string Pod(string name = "front-1", string place = "web", string ip = "10.0.0.9", string phase = "Running", string ready = "True", string owner = "ReplicaSet/front-abc", string node = "n1") => $$"""
        {
          "metadata": {"name": "{{name}}", "namespace": "{{place}}", "uid": "uid-{{name}}", "labels": {"app": "front", "pod-template-hash": "abc"}, "annotations": {"note/é": "y=\"1\""},
            "ownerReferences": [{"kind": "Other", "name": "x"}, {"apiVersion": "apps/v1", "kind": "{{owner.Split('/')[0]}}", "name": "{{owner.Split('/')[1]}}", "uid": "o", "controller": true}]},
          "spec": {"nodeName": "{{node}}", "hostNetwork": true, "volumes": [{"name": "v", "emptyDir": { } }],
            "initContainers": [{"name": "setup", "image": "busybox:1", "ports": [{"name": "early", "containerPort": 7000, "protocol": "TCP"}]}],
            "containers": [
              {"name": "main", "image": "front:2", "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}, {"name": "metrics", "containerPort": 9090, "protocol": "TCP"}]},
              {"name": "side", "image": "side:3"}]},
          "status": {"phase": "{{phase}}", "podIP": "{{ip}}", "hostIP": "1.2.3.4", "podIPs": [{"ip": "{{ip}}"}],
            "conditions": [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "{{ready}}"}],
            "containerStatuses": [{"name": "main", "containerID": "containerd://m1", "ready": true}, {"name": "side", "containerID": "containerd://s1"}],
            "initContainerStatuses": [{"name": "setup", "containerID": "containerd://i1"}]}
        }
        """;

    public static string Owned(string name, string owner, string place = "web") => $$"""
        {"metadata": {"name": "{{name}}", "namespace": "{{place}}", "ownerReferences": [{"kind": "{{owner.Split('/')[0]}}", "name": "{{owner.Split('/')[1]}}", "controller": true}] }, "spec": { } }
        """;

    public static string Endpoints(string name = "front", string place = "web") => $$"""
        {
          "metadata": {"name": "{{name}}", "namespace": "{{place}}", "labels": {"e": "1"} },
          "subsets": [{
            "addresses": [
              {"ip": "10.0.0.9", "nodeName": "n1", "targetRef": {"kind": "Pod", "name": "front-1", "namespace": "{{place}}", "uid": "u"} },
              {"ip": "10.9.9.9", "hostname": "outside"}],
            "notReadyAddresses": [{"ip": "fd00::1", "targetRef": {"kind": "Node", "name": "n1"} }],
            "ports": [{"name": "web", "port": 8080, "protocol": "TCP"}]}]
        }
        """;

    public static string Slice(string name = "front-x1", string place = "web", string type = "IPv4") => $$"""
        {
          "metadata": {"name": "{{name}}", "namespace": "{{place}}", "labels": {"kubernetes.io/service-name": "front"}, "annotations": {"a": "b"} },
          "addressType": "{{type}}",
          "endpoints": [
            {"addresses": ["10.0.0.9"], "conditions": {"ready": true, "serving": true, "terminating": false}, "nodeName": "n1", "zone": "eu-1a",
             "targetRef": {"kind": "Pod", "name": "front-1", "namespace": "{{place}}"} },
            {"addresses": ["10.9.9.9", "fd00::1"], "conditions": {"ready": false}, "hostname": "outside", "deprecatedTopology": {"kubernetes.io/hostname": "h1"} }],
          "ports": [{"name": "web", "port": 8080, "protocol": "TCP", "appProtocol": "http"}]
        }
        """;

    public static string Ingress(string name = "door", string place = "web", string rules = """{"host": "a.example.org", "http": {"paths": [{"path": "/x", "pathType": "Prefix"}, {"pathType": "Exact"}]} }""") => $$"""
        {
          "metadata": {"name": "{{name}}", "namespace": "{{place}}", "labels": {"l": "1"}, "annotations": {"an-no": "2"} },
          "spec": {"ingressClassName": "nginx", "tls": [{"secretName": "s", "hosts": ["*.example.org", "sole"]}], "rules": [{{rules}}]},
          "status": {"loadBalancer": { } }
        }
        """;
}
