using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// The pods behind the addresses of one object: an address takes the labels of its pod, and what a pod offers beyond the ports of the service becomes targets too.
/// </summary>
internal sealed class BackingPods(LabelWriter writer, KubernetesAttachConfig attach)
{
    private readonly Dictionary<string, (Pod Pod, HashSet<int> Ports)> _pods = [];

    /// <summary>Adds the labels of the pod behind an address to the target that is being written. The protocol is the endpoint's where it is given, else the container port's.</summary>
    public void Add(ObjectReference? reference, int? port, string? protocol)
    {
        if (reference?.PodKey is not { } key || writer.Objects.Find<Pod>(ResourceKind.Pod, key) is not { } pod) return;
        if (!_pods.TryGetValue(key, out var seen)) _pods[key] = seen = (pod, []);
        writer.AddPod(pod, attach);
        if (port is not { } number) return;
        seen.Ports.Add(number);
        // Of several containers with the same port, the last one.
        foreach (var (container, isInit) in pod.Containers)
        {
            if (Array.Find(container.Ports ?? [], p => p.Number == number) is not { } found) continue;
            writer.AddContainer(container, isInit);
            writer.AddContainerPort(found.Name, number, protocol ?? found.Protocol);
        }
    }

    /// <summary>Targets for the container ports that no endpoint names.</summary>
    public void AddRest(List<MetaLabels> targets)
    {
        foreach (var (pod, ports) in _pods.Values)
        {
            if (pod.Status.PodIP.Length == 0) continue;
            foreach (var (container, isInit) in pod.Containers)
            {
                foreach (var port in container.Ports ?? [])
                {
                    if (!ports.Contains(port.Number)) targets.Add(Target(pod, container, isInit, port));
                }
            }
        }
    }

    private MetaLabels Target(Pod pod, Pod.Container container, bool isInit, Pod.ContainerPort port)
    {
        writer.Set(TargetGroup.AddressLabel, LabelWriter.Join(pod.Status.PodIP, port.Number));
        writer.AddContainer(container, isInit);
        writer.AddContainerPort(port.Name, port.Number, port.Protocol);
        writer.AddPod(pod, attach);
        return writer.Take();
    }
}
