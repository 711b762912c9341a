using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>Tasks that the kernel found hanging, from /proc/sys/kernel/hung_task_detect_count (kernels since 6.13).</summary>
internal sealed class KernelHungCollector : IHostCollector
{
    private static readonly HostFamily Tasks = HostFamily.Counter("node_kernel_hung_tasks_total", "Tasks that the hung task detector caught since boot.");

    public IEnumerable<HostFamily> Families => [Tasks];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        double tasks = files.ProcNumber("sys/kernel/hung_task_detect_count");
        writer.Series(Tasks).ValueIfThere(tasks);
        return !double.IsNaN(tasks);
    }
}
