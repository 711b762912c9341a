using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Sockets by protocol and state, from /proc/net/sockstat and sockstat6.</summary>
internal sealed class SockstatCollector : IHostCollector
{
    private static readonly HostFamily SocketsUsed = HostFamily.Gauge("node_sockstat_sockets_used", "Sockets of all kinds that are open.");

    private readonly LearnedFamilies _families = new(Learn);

    public IEnumerable<HostFamily> Families => [SocketsUsed, .. _families.All];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        // A protocol family that is off has no file, which is no fault.
        if (files.TryProc("net/sockstat", out var text)) Add(text, isVersion6: false, writer);
        if (files.TryProc("net/sockstat6", out text)) Add(text, isVersion6: true, writer);
        return true;
    }

    // "TCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1"
    private void Add(ReadOnlySpan<byte> text, bool isVersion6, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var protocol = reader.Field().TrimEnd(":"u8);
            for (var state = reader.Field(); !state.IsEmpty; state = reader.Field())
            {
                double value = reader.Number();
                if (double.IsNaN(value)) break;
                if (!protocol.SequenceEqual("sockets"u8)) Add(protocol, state, value, writer);
                else if (!isVersion6 && state.SequenceEqual("used"u8)) writer.Series(SocketsUsed).Value(value);
            }
        }
    }

    private void Add(ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> state, double value, SeriesWriter writer)
    {
        if (FamilyOf(protocol, state) is { } family) writer.Series(family).Value(value);
        // mem counts pages.
        if (state.SequenceEqual("mem"u8) && FamilyOf(protocol, "mem_bytes"u8) is { } bytes) writer.Series(bytes).Value(value * Environment.SystemPageSize);
    }

    private HostFamily? FamilyOf(ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> state)
    {
        Span<byte> key = stackalloc byte[NameTable.MaxBytes];
        if (protocol.Length + 1 + state.Length > key.Length) return null;
        protocol.CopyTo(key);
        key[protocol.Length] = (byte)'_';
        state.CopyTo(key[(protocol.Length + 1)..]);
        return _families[key[..(protocol.Length + 1 + state.Length)]];
    }

    private static HostFamily? Learn(string key)
    {
        int end = key.IndexOf('_', StringComparison.Ordinal);
        return Describe(key[..end], key[(end + 1)..]) is { } help ? HostFamily.Gauge("node_sockstat_" + key, help) : null;
    }

    // FRAG is no protocol: it stands for packets that are put together again.
    private static string? Describe(string protocol, string state) => state switch
    {
        "inuse" => protocol.StartsWith("FRAG", StringComparison.Ordinal) ? $"Packets being put together from fragments ({protocol})." : $"Open {protocol} sockets.",
        "orphan" => $"{protocol} sockets that no process holds any more.",
        "tw" => $"{protocol} connections waiting to be forgotten (TIME_WAIT).",
        "alloc" => $"{protocol} sockets in any state.",
        "mem" => $"Memory of {protocol} sockets, pages.",
        "mem_bytes" => $"Memory of {protocol} sockets, bytes.",
        "memory" => $"Memory of fragments of packets ({protocol}), bytes.",
        _ => null,
    };
}
