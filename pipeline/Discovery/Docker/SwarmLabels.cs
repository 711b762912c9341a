using System.Text.Json;

namespace Streamline.Pipeline.Discovery.Docker;

/// <summary>Labels of the things of a swarm. Some tell more where they stand alone than where a task shows them.</summary>
internal static class SwarmLabels
{
    public const string Prefix = "__meta_dockerswarm_";

    public static Dictionary<string, string> OfNode(JsonElement node)
    {
        var labels = new Dictionary<string, string>
        {
            [Prefix + "node_id"] = node.Text("ID"),
            [Prefix + "node_role"] = node.Text("Spec", "Role"),
            [Prefix + "node_address"] = node.Text("Status", "Addr"),
            [Prefix + "node_availability"] = node.Text("Spec", "Availability"),
            [Prefix + "node_hostname"] = node.Text("Description", "Hostname"),
            [Prefix + "node_platform_architecture"] = node.Text("Description", "Platform", "Architecture"),
            [Prefix + "node_platform_os"] = node.Text("Description", "Platform", "OS"),
            [Prefix + "node_status"] = node.Text("Status", "State"),
        };
        DockerClient.AddLabels(labels, Prefix + "node_label_", node.At("Spec", "Labels"));
        return labels;
    }

    public static Dictionary<string, string> OfNodeAlone(JsonElement node)
    {
        var labels = OfNode(node);
        labels[Prefix + "node_engine_version"] = node.Text("Description", "Engine", "EngineVersion");
        if (!node.At("ManagerStatus").IsPresent()) return labels;
        labels[Prefix + "node_manager_leader"] = LabelText.Of(node.Flag("ManagerStatus", "Leader"));
        labels[Prefix + "node_manager_reachability"] = node.Text("ManagerStatus", "Reachability");
        labels[Prefix + "node_manager_address"] = node.Text("ManagerStatus", "Addr");
        return labels;
    }

    public static Dictionary<string, string> OfService(JsonElement service)
    {
        var mode = service.At("Spec", "Mode");
        var labels = new Dictionary<string, string>
        {
            [Prefix + "service_id"] = service.Text("ID"),
            [Prefix + "service_name"] = service.Text("Spec", "Name"),
            [Prefix + "service_mode"] = mode.At("Global").IsPresent() ? "global" : mode.At("Replicated").IsPresent() ? "replicated" : "",
        };
        DockerClient.AddLabels(labels, Prefix + "service_label_", service.At("Spec", "Labels"));
        return labels;
    }

    public static Dictionary<string, string> OfServiceAlone(JsonElement service)
    {
        var labels = OfService(service);
        // Absent for plugins.
        var container = service.At("Spec", "TaskTemplate", "ContainerSpec");
        labels[Prefix + "service_task_container_hostname"] = container.Text("Hostname");
        labels[Prefix + "service_task_container_image"] = container.Text("Image");
        labels[Prefix + "service_updating_status"] = service.Text("UpdateStatus", "State");
        return labels;
    }

    public static Dictionary<string, string> OfServicePort(JsonElement port) => new()
    {
        [Prefix + "service_endpoint_port_name"] = port.Text("Name"),
        [Prefix + "service_endpoint_port_publish_mode"] = port.Text("PublishMode"),
    };

    public static Dictionary<string, string> OfTask(JsonElement task)
    {
        var labels = new Dictionary<string, string>
        {
            [Prefix + "task_id"] = task.Text("ID"),
            [Prefix + "task_desired_state"] = task.Text("DesiredState"),
            [Prefix + "task_state"] = task.Text("Status", "State"),
            [Prefix + "task_slot"] = LabelText.Of(task.Number("Slot")),
            [Prefix + "task_container_id"] = task.Text("Status", "ContainerStatus", "ContainerID"),
        };
        DockerClient.AddLabels(labels, Prefix + "container_label_", task.At("Spec", "ContainerSpec", "Labels"));
        return labels;
    }

    public static Dictionary<string, string> OfTaskPort(JsonElement port) => new() { [Prefix + "task_port_publish_mode"] = port.Text("PublishMode") };
}
