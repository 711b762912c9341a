using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>Memory errors by controller, row and channel, from /sys/devices/system/edac (kernel Documentation/admin-guide/ras.rst).</summary>
internal sealed class EdacCollector : IHostCollector
{
    private const string Folder = "devices/system/edac/mc";

    private static readonly HostFamily Correctable = HostFamily.Counter("node_edac_correctable_errors_total", "Memory errors that the controller put right.");
    private static readonly HostFamily Uncorrectable = HostFamily.Counter("node_edac_uncorrectable_errors_total", "Memory errors that the controller could not put right.");
    private static readonly HostFamily RowCorrectable = HostFamily.Counter("node_edac_csrow_correctable_errors_total", "Memory errors put right in the chip-select row.");
    private static readonly HostFamily RowUncorrectable = HostFamily.Counter("node_edac_csrow_uncorrectable_errors_total", "Memory errors not put right in the chip-select row.");
    private static readonly HostFamily ChannelCorrectable = HostFamily.Counter("node_edac_channel_correctable_errors_total", "Memory errors put right in the channel's module.");
    private static readonly HostFamily ChannelUncorrectable = HostFamily.Counter("node_edac_channel_uncorrectable_errors_total", "Memory errors not put right in the channel's module.");

    private readonly Inventory<List<Count>> _counts = new(Find);

    public IEnumerable<HostFamily> Families => [Correctable, Uncorrectable, RowCorrectable, RowUncorrectable, ChannelCorrectable, ChannelUncorrectable];

    // Row, channel and module are null where the count is not of one.
    private sealed record Count(HostFamily Family, string File, string Controller, string? Row = null, string? Channel = null, string? Module = null);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        bool isGood = true;
        foreach (var count in _counts.Of(files))
        {
            double value = files.SysNumber(count.File);
            // Of a channel the uncorrectable errors need not be told.
            if (double.IsNaN(value)) isGood &= count.Family == ChannelUncorrectable;
            else Add(count, value, writer);
        }
        return isGood;
    }

    private static void Add(Count count, double value, SeriesWriter writer)
    {
        writer.Series(count.Family).Label("controller"u8, count.Controller);
        if (count.Row is not null) writer.Label("csrow"u8, count.Row);
        if (count.Channel is not null) writer.Label("channel"u8, count.Channel).Label("dimm_label"u8, count.Module!);
        writer.Value(value);
    }

    private static List<Count> Find(HostFiles files)
    {
        var found = new List<Count>();
        foreach (var controller in new DeviceTable(Folder, "mc", ["ce_count", "ce_noinfo_count", "ue_count", "ue_noinfo_count"]).List(files) ?? [])
        {
            found.Add(new Count(Correctable, controller[0], controller.Number));
            found.Add(new Count(RowCorrectable, controller[1], controller.Number, "unknown"));
            found.Add(new Count(Uncorrectable, controller[2], controller.Number));
            found.Add(new Count(RowUncorrectable, controller[3], controller.Number, "unknown"));
            foreach (var row in new DeviceTable(controller.Path, "csrow", ["ce_count", "ue_count"]).List(files) ?? []) AddRow(found, controller.Number, row, files);
        }
        return found;
    }

    private static void AddRow(List<Count> found, string controller, DeviceFolder row, HostFiles files)
    {
        found.Add(new Count(RowCorrectable, row[0], controller, row.Number));
        found.Add(new Count(RowUncorrectable, row[1], controller, row.Number));
        foreach (string file in files.SysListNow(row.Path) ?? [])
        {
            if (!file.StartsWith("ch", StringComparison.Ordinal) || !file.EndsWith("_ce_count", StringComparison.Ordinal)) continue;
            string channel = file[2..^"_ce_count".Length];
            if (channel.Length == 0 || channel.AsSpan().ContainsAnyExceptInRange('0', '9')) continue;
            string module = ModuleOf(files.SysString($"{row.Path}/ch{channel}_dimm_label"));
            found.Add(new Count(ChannelCorrectable, $"{row.Path}/{file}", controller, row.Number, channel, module));
            found.Add(new Count(ChannelUncorrectable, $"{row.Path}/ch{channel}_ue_count", controller, row.Number, channel, module));
        }
    }

    // mc#0csrow#3channel#0 becomes mc0_csrow3_channel0, as node_exporter writes it.
    private static string ModuleOf(string? label) => label is null
        ? "unknown"
        : label.Replace("#", "", StringComparison.Ordinal).Replace("csrow", "_csrow", StringComparison.Ordinal).Replace("channel", "_channel", StringComparison.Ordinal);
}
