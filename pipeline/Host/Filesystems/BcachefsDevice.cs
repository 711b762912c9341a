using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>One device of a bcachefs file system.</summary>
internal sealed class BcachefsDevice(string path, string name)
{
    private static readonly HostFamily Info = HostFamily.Gauge("node_bcachefs_device_info", "Always 1: label and state of the file system's device.");
    private static readonly HostFamily BucketSize = HostFamily.Gauge("node_bcachefs_device_bucket_size_bytes", "Unit in which the device's space is handed out, bytes.");
    private static readonly HostFamily Buckets = HostFamily.Gauge("node_bcachefs_device_buckets", "Buckets that the device is divided into.");
    private static readonly HostFamily Durability = HostFamily.Gauge("node_bcachefs_device_durability", "Copies that one on this device counts for.");
    private static readonly HostFamily Done = HostFamily.Counter("node_bcachefs_device_io_done_bytes_total", "Data read from and written to the device, by what it is for, bytes.");
    private static readonly HostFamily Errors = HostFamily.Counter("node_bcachefs_device_io_errors_total", "Failed requests of the device since the file system was made, by kind.");

    private readonly DeviceFolder _files = new(path, name, 0, ["label", "state", "bucket_size", "nbuckets", "durability", "io_done", "io_errors"]);

    public static IEnumerable<HostFamily> Families => [Info, BucketSize, Buckets, Durability, Done, Errors];

    public void Add(string uuid, HostFiles files, SeriesWriter writer)
    {
        writer.Series(Info).Label("uuid"u8, uuid).Label("device"u8, name).LabelOf("label"u8, files, _files[0]).LabelOf("state"u8, files, _files[1]).Value(1);
        AddNumber(BucketSize, files.TrySysText(_files[2], out var text) ? HumanSize.Parse(text) : 0);
        AddNumber(Buckets, _files.Read(files, 3));
        AddNumber(Durability, _files.Read(files, 4));
        if (files.TrySys(_files[5], out text)) AddDone(uuid, text, writer);
        if (files.TrySys(_files[6], out text)) AddErrors(uuid, text, writer);

        void AddNumber(HostFamily family, double value) => writer.Series(family).Label("uuid"u8, uuid).Label("device"u8, name).Value(double.IsNaN(value) ? 0 : value);
    }

    // Lines "read:" and "write:", each with lines "kind : bytes" under it.
    private void AddDone(string uuid, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        ReadOnlySpan<byte> operation = default;
        while (reader.NextLine())
        {
            var kind = reader.Until(":"u8).Trim(" \t"u8);
            double bytes = reader.Number();
            if (double.IsNaN(bytes)) operation = kind.SequenceEqual("read"u8) || kind.SequenceEqual("write"u8) ? kind : operation;
            else if (!operation.IsEmpty) writer.Series(Done).Label("uuid"u8, uuid).Label("device"u8, name).Label("operation"u8, operation).Label("data_type"u8, kind).Value(bytes);
        }
    }

    // Two parts: since the file system was made, and since something later; the first one counts.
    private void AddErrors(string uuid, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        bool counts = false;
        while (reader.NextLine())
        {
            if (reader.Line.StartsWith("IO errors since "u8))
            {
                if (counts) return;
                counts = reader.Line.StartsWith("IO errors since filesystem creation"u8);
                continue;
            }
            var type = reader.Until(":"u8).Trim(" \t"u8);
            double count = reader.Number();
            if (counts && !double.IsNaN(count)) writer.Series(Errors).Label("uuid"u8, uuid).Label("device"u8, name).Label("type"u8, type).Value(count);
        }
    }
}
