using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>The random number generator's pool, from /proc/sys/kernel/random (random(4)).</summary>
internal sealed class EntropyCollector : IHostCollector
{
    private static readonly HostFamily Available = HostFamily.Gauge("node_entropy_available_bits", "Entropy that the random number generator holds, bits.");
    private static readonly HostFamily PoolSize = HostFamily.Gauge("node_entropy_pool_size_bits", "Entropy that the random number generator can hold, bits.");

    public IEnumerable<HostFamily> Families => [Available, PoolSize];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        double available = files.ProcNumber("sys/kernel/random/entropy_avail"), size = files.ProcNumber("sys/kernel/random/poolsize");
        if (double.IsNaN(available)) return false;
        writer.Series(Available).Value(available);
        writer.Series(PoolSize).ValueIfThere(size);
        return !double.IsNaN(size);
    }
}
