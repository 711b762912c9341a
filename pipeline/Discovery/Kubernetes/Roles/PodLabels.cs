using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Labels of pods and their containers, for every role that has pods behind its targets.</summary>
internal static class PodLabels
{
    private const string Ip = LabelWriter.Prefix + "pod_ip", Ready = LabelWriter.Prefix + "pod_ready", Phase = LabelWriter.Prefix + "pod_phase", NodeName = LabelWriter.Prefix + "pod_node_name",
        HostIp = LabelWriter.Prefix + "pod_host_ip", Uid = LabelWriter.Prefix + "pod_uid", ControllerKind = LabelWriter.Prefix + "pod_controller_kind", ControllerName = LabelWriter.Prefix + "pod_controller_name",
        DeploymentName = LabelWriter.Prefix + "pod_deployment_name", JobName = LabelWriter.Prefix + "pod_job_name", CronJobName = LabelWriter.Prefix + "pod_cronjob_name",
        ContainerName = LabelWriter.Prefix + "pod_container_name", ContainerImage = LabelWriter.Prefix + "pod_container_image", ContainerId = LabelWriter.Prefix + "pod_container_id",
        ContainerInit = LabelWriter.Prefix + "pod_container_init", PortName = LabelWriter.Prefix + "pod_container_port_name", PortNumber = LabelWriter.Prefix + "pod_container_port_number",
        PortProtocol = LabelWriter.Prefix + "pod_container_port_protocol";

    /// <summary>The pod itself, its namespace aside.</summary>
    public static void AddPod(this LabelWriter writer, Pod pod, KubernetesAttachConfig attach)
    {
        writer.Set(Ip, pod.Status.PodIP);
        writer.Set(Ready, IsReady(pod));
        writer.Set(Phase, pod.Status.Phase);
        writer.Set(NodeName, pod.Spec.NodeName);
        writer.Set(HostIp, pod.Status.HostIP);
        writer.Set(Uid, pod.Metadata.Uid);
        writer.AddMeta(RoleNames.Pod, pod.Metadata);
        if (pod.Metadata.Controller is { } controller) AddController(writer, pod, controller, attach);
    }

    public static void AddContainer(this LabelWriter writer, Pod.Container container, bool isInit)
    {
        writer.Set(ContainerName, container.Name);
        writer.Set(ContainerImage, container.Image);
        writer.Set(ContainerInit, isInit);
    }

    public static void AddContainerId(this LabelWriter writer, string id) => writer.Set(ContainerId, id);

    public static void AddContainerPort(this LabelWriter writer, string name, int number, string protocol)
    {
        writer.Set(PortName, name);
        writer.Set(PortNumber, number);
        writer.Set(PortProtocol, protocol);
    }

    /// <summary>The objects that a pod's labels are made of besides the pod.</summary>
    public static ObjectId? OwnerOf(Pod pod, KubernetesAttachConfig attach) => pod.Metadata.Controller switch
    {
        { Kind: "ReplicaSet" } owner when attach.Deployment => new ObjectId(ResourceKind.ReplicaSet, KubernetesObject.KeyOf(pod.Metadata.Namespace, owner.Name)),
        { Kind: "Job" } owner when attach.Job || attach.Cronjob => new ObjectId(ResourceKind.Job, KubernetesObject.KeyOf(pod.Metadata.Namespace, owner.Name)),
        _ => null,
    };

    private static void AddController(LabelWriter writer, Pod pod, OwnerReference controller, KubernetesAttachConfig attach)
    {
        if (controller.Kind.Length > 0) writer.Set(ControllerKind, controller.Kind);
        if (controller.Name.Length > 0) writer.Set(ControllerName, controller.Name);
        if (controller.Kind == "Job" && attach.Job) writer.Set(JobName, controller.Name);
        if (OwnerOf(pod, attach) is not { } owner || writer.Objects.Find<KubernetesObject>(owner.Kind, owner.Key)?.Metadata.Controller is not { } above) return;
        if (above.Kind == "Deployment") writer.Set(DeploymentName, above.Name);
        if (above.Kind == "CronJob" && attach.Cronjob) writer.Set(CronJobName, above.Name);
    }

#pragma warning disable CA1308 // Label values are lower case.
    private static string IsReady(Pod pod) => Array.Find(pod.Status.Conditions ?? [], c => c.Type == "Ready")?.Status.ToLowerInvariant() ?? "unknown";
#pragma warning restore CA1308
}
