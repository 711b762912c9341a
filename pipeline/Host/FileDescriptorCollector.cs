using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Open files of the whole machine, from /proc/sys/fs/file-nr: allocated, unused, maximum.</summary>
internal sealed class FileDescriptorCollector : IHostCollector
{
    public string Name => "filefd";

    public IReadOnlyList<HostFamily> Families { get; } =
    [
        new("node_filefd_allocated", "gauge", "File handles in use."),
        new("node_filefd_maximum", "gauge", "File handles there may be."),
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("sys/fs/file-nr", out var text)) return false;
        var reader = new FieldReader(text);
        if (!reader.NextLine()) return false;
        writer.Series("node_filefd_allocated"u8).ValueIfThere(reader.Number());
        _ = reader.Field();
        writer.Series("node_filefd_maximum"u8).ValueIfThere(reader.Number());
        return true;
    }
}
