using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Fibre Channel host ports, from /sys/class/fc_host (kernel Documentation/scsi/scsi_fc_transport.rst). Counters are hexadecimal there.</summary>
internal sealed class FibreChannelCollector : IHostCollector
{
    private static readonly HostFamily Info = HostFamily.Gauge("node_fibrechannel_info", "Always 1: state, speed and names of the Fibre Channel port as labels.");

    private static readonly (string File, HostFamily Family)[] Counters =
    [
        Counter("statistics/dumped_frames", "dumped_frames_total", "Frames thrown away for want of buffers."),
        Counter("statistics/error_frames", "error_frames_total", "Frames received with a fault."),
        Counter("statistics/invalid_crc_count", "invalid_crc_total", "Frames received whose checksum was wrong."),
        Counter("statistics/rx_frames", "rx_frames_total", "Frames that the port received."),
        Counter("statistics/rx_words", "rx_words_total", "Words of four bytes that the port received."),
        Counter("statistics/tx_frames", "tx_frames_total", "Frames that the port sent."),
        Counter("statistics/tx_words", "tx_words_total", "Words of four bytes that the port sent."),
        Counter("statistics/seconds_since_last_reset", "seconds_since_last_reset_total", "Age of the port's statistics, seconds."),
        Counter("statistics/invalid_tx_word_count", "invalid_tx_words_total", "Transmission words that broke the code."),
        Counter("statistics/link_failure_count", "link_failure_total", "Failures of the port's link."),
        Counter("statistics/loss_of_sync_count", "loss_of_sync_total", "Times the port could no longer tell where words begin."),
        Counter("statistics/loss_of_signal_count", "loss_of_signal_total", "Times the port received no light or current."),
        Counter("statistics/nos_count", "nos_total", "Times the other side said that it is not operational (NOS)."),
        Counter("statistics/fcp_packet_aborts", "fcp_packet_aborts_total", "SCSI packets of the port that were aborted."),
    ];

    // Files whose text is a label of the same name; of addresses the 0x in front is left out.
    private static readonly (string File, bool IsAddress)[] Texts =
        [("speed", false), ("port_state", false), ("port_type", false), ("port_id", true), ("port_name", true), ("fabric_name", true), ("symbolic_name", false), ("supported_classes", false), ("supported_speeds", false), ("dev_loss_tmo", false)];

    private static readonly byte[][] TextLabels = [.. Texts.Select(t => HostSeries.Utf8(t.File))];

    private readonly DeviceTable _hosts = new("class/fc_host", "", [.. Counters.Select(c => c.File), .. Texts.Select(t => t.File)]);

    public IEnumerable<HostFamily> Families => [.. Counters.Select(c => c.Family), Info];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_hosts.List(files) is not { } hosts) return false;
        foreach (var host in hosts) Add(host, files, writer);
        return true;
    }

    private static void Add(DeviceFolder host, HostFiles files, SeriesWriter writer)
    {
        writer.Series(Info).Label("fc_host"u8, host.Name);
        for (int i = 0; i < Texts.Length; i++)
        {
            if (!files.TrySysText(host[Counters.Length + i], out var text)) continue;
            writer.Label(TextLabels[i], Texts[i].IsAddress && text.Length > 2 ? text[2..] : text);
        }
        writer.Value(1);
        // A port that is off has no counters and shows zeros.
        bool isOff = !files.TrySysText(host[Counters.Length + 1], out var state) || state.SequenceEqual("Unknown"u8);
        for (int i = 0; i < Counters.Length; i++)
        {
            double count = isOff ? 0 : files.TrySysText(host[i], out var text) ? FieldReader.ParseC(text) : double.NaN;
            // All ones: the adapter does not count this.
            if (count < ulong.MaxValue) writer.ValueOf(Counters[i].Family, "fc_host"u8, host.Name, count);
        }
    }

    private static (string File, HostFamily Family) Counter(string file, string name, string help) => (file, HostFamily.Counter("node_fibrechannel_" + name, help));
}
