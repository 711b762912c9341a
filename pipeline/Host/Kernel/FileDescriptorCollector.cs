using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>Open files of the whole machine, from /proc/sys/fs/file-nr: allocated, unused, maximum.</summary>
internal sealed class FileDescriptorCollector : IHostCollector
{
    private static readonly HostFamily Allocated = HostFamily.Gauge("node_filefd_allocated", "File handles that the kernel has handed out, of all processes.");
    private static readonly HostFamily Maximum = HostFamily.Gauge("node_filefd_maximum", "File handles that the kernel hands out at most (fs.file-max).");

    public IEnumerable<HostFamily> Families => [Allocated, Maximum];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("sys/fs/file-nr", out var text)) return false;
        var reader = new FieldReader(text);
        if (!reader.NextLine()) return false;
        double allocated = reader.Number();
        reader.Skip(1);
        double maximum = reader.Number();
        writer.Series(Allocated).ValueIfThere(allocated);
        writer.Series(Maximum).ValueIfThere(maximum);
        return !double.IsNaN(allocated) && !double.IsNaN(maximum);
    }
}
