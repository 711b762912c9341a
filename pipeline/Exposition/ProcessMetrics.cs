using System.Globalization;

namespace Streamline.Pipeline.Exposition;

/// <summary>Metrics of this process under the names of Prometheus's clients (from /proc/self; elsewhere only what .NET knows), and a few of the .NET runtime.</summary>
internal sealed class ProcessMetrics(string procPath = "/proc")
{
    // USER_HZ: the unit of times in /proc is a hundredth of a second on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    public void Collect(IMetricSink sink)
    {
        Runtime(sink);
        if (!File.Exists(Path.Combine(procPath, "self/stat"))) return;
        try
        {
            Process(sink);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            // A process file that cannot be read takes only these gauges along; the next collection tries again.
        }
    }

    private static void Runtime(IMetricSink sink)
    {
        sink.Family("dotnet_gc_collections_total", MetricType.Counter, "Garbage collections by generation.");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
            sink.Sample("", [new("generation", generation)], GC.CollectionCount(generation));
        Single(sink, "dotnet_gc_allocated_bytes_total", MetricType.Counter, "Bytes allocated on the managed heap.", GC.GetTotalAllocatedBytes());
        Single(sink, "dotnet_gc_pause_seconds_total", MetricType.Counter, "Time the garbage collector held all threads.", GC.GetTotalPauseDuration().TotalSeconds);
        Single(sink, "dotnet_gc_heap_bytes", MetricType.Gauge, "Size of the managed heap.", GC.GetTotalMemory(false));
        Single(sink, "dotnet_threadpool_threads", MetricType.Gauge, "Threads of the pool.", ThreadPool.ThreadCount);
        Single(sink, "dotnet_threadpool_queue_length", MetricType.Gauge, "Work items waiting for a thread of the pool.", ThreadPool.PendingWorkItemCount);
    }

    private void Process(IMetricSink sink)
    {
        // The name in brackets may hold blanks; fields count from the state behind it, which is field 3.
        string stat = File.ReadAllText(Path.Combine(procPath, "self/stat"));
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double Field(int number) => double.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        Single(sink, "process_cpu_seconds_total", MetricType.Counter, "Processor time of this process, its own and the kernel's for it, seconds.", (Field(14) + Field(15)) / TicksPerSecond);
        Single(sink, "process_resident_memory_bytes", MetricType.Gauge, "Memory of this process that is in RAM, bytes.", Field(24) * Environment.SystemPageSize);
        Single(sink, "process_virtual_memory_bytes", MetricType.Gauge, "Address space of this process, bytes.", Field(23));
        Single(sink, "process_start_time_seconds", MetricType.Gauge, "When this process was started, Unix seconds.", BootTime() + Field(22) / TicksPerSecond);
        Single(sink, "process_open_fds", MetricType.Gauge, "Files and sockets that this process has open.", Directory.EnumerateFileSystemEntries(Path.Combine(procPath, "self/fd")).Count());
        if (MaxFiles() is { } max) Single(sink, "process_max_fds", MetricType.Gauge, "Files and sockets that this process may have open.", max);
    }

    private double BootTime()
    {
        string line = File.ReadLines(Path.Combine(procPath, "stat")).First(l => l.StartsWith("btime ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(6), CultureInfo.InvariantCulture);
    }

    private double? MaxFiles()
    {
        string? line = File.ReadLines(Path.Combine(procPath, "self/limits")).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        string? soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return double.TryParse(soft, CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    private static void Single(IMetricSink sink, string name, MetricType type, string help, double value)
    {
        sink.Family(name, type, help);
        sink.Sample("", [], value);
    }
}
