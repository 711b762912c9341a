using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Counters of the network protocols, from /proc/net/netstat, snmp and snmp6; by default the few that node_exporter chooses.</summary>
internal sealed class NetstatCollector : IHostCollector
{
    // Protocols of a file; the kernel has some ten.
    private const int MaxLines = 100;

    private readonly List<NetstatLine> _netstat = [];
    private readonly List<NetstatLine> _snmp = [];
    private readonly LabelMatcher? _fields;
    private readonly LearnedFamilies _families;

    public NetstatCollector(HostFieldsConfig config)
    {
        _fields = NameFilter.Matcher(config.Fields);
        _families = new(Learn);
    }

    public IEnumerable<HostFamily> Families => _families.All;

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/netstat", out var text)) return false;
        AddPairs(text, _netstat, writer);
        if (!files.TryProc("net/snmp", out text)) return false;
        AddPairs(text, _snmp, writer);
        // Not there where IPv6 is off.
        if (files.TryProc("net/snmp6", out text)) AddLines(text, writer);
        return true;
    }

    // A line of names under a line of values: "Tcp: ActiveOpens ..." and "Tcp: 3556 ...".
    private void AddPairs(ReadOnlySpan<byte> text, List<NetstatLine> lines, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        for (int line = 0; line < MaxLines && reader.NextLine(); line++)
        {
            if (line == lines.Count) lines.Add(new NetstatLine());
            var families = lines[line].FamiliesOf(reader.Line, _families);
            if (!reader.NextLine()) return;
            _ = reader.Field();
            foreach (var family in families)
            {
                var field = reader.Field();
                if (family is not null) writer.Series(family).ValueIfThere(FieldReader.Parse(field));
            }
        }
    }

    // "Ip6InReceives 7": the protocol ends with the 6.
    private void AddLines(ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        Span<byte> key = stackalloc byte[NameTable.MaxBytes];
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var name = reader.Field();
            int six = name.IndexOf((byte)'6');
            if (six >= 0) Add(name[..(six + 1)], name[(six + 1)..], reader.Number(), key, writer);
        }
    }

    private void Add(ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> name, double value, Span<byte> key, SeriesWriter writer)
    {
        int length = protocol.Length + 1 + name.Length;
        if (double.IsNaN(value) || length > key.Length) return;
        protocol.CopyTo(key);
        key[protocol.Length] = (byte)'_';
        name.CopyTo(key[(protocol.Length + 1)..]);
        if (_families[key[..length]] is { } family) writer.Series(family).Value(value);
    }

    private HostFamily? Learn(string key)
    {
        if (_fields?.Matches(HostSeries.Utf8(key)) == false) return null;
        int end = key.IndexOf('_', StringComparison.Ordinal);
        return HostFamily.Untyped("node_netstat_" + key, $"{key[(end + 1)..]} as the kernel counts it for the protocol {key[..end]}.");
    }
}
