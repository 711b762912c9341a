using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Bonded network devices and how many of their slaves are up, from /sys/class/net (kernel Documentation/networking/bonding.rst).</summary>
internal sealed class BondingCollector : IHostCollector
{
    private const string Folder = "class/net";

    private static readonly HostFamily Slaves = HostFamily.Gauge("node_bonding_slaves", "Network devices that the bond is made of.");
    private static readonly HostFamily Active = HostFamily.Gauge("node_bonding_active", "Network devices of the bond whose link is up.");

    private readonly Inventory<List<Bond>> _bonds = new(Find);

    public IEnumerable<HostFamily> Families => [Slaves, Active];

    private sealed record Bond(string Master, string[] States);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TrySys(Folder + "/bonding_masters", out _)) return false;
        foreach (var (master, states) in _bonds.Of(files))
        {
            int active = 0;
            foreach (string state in states)
            {
                if (files.TrySysText(state, out var text) && text.SequenceEqual("up"u8)) active++;
            }
            writer.ValueOf(Slaves, "master"u8, master, states.Length);
            writer.ValueOf(Active, "master"u8, master, active);
        }
        return true;
    }

    private static List<Bond> Find(HostFiles files)
    {
        var found = new List<Bond>();
        foreach (string master in Words(files, Folder + "/bonding_masters"))
        {
            string path = $"{Folder}/{master}";
            found.Add(new Bond(master, [.. Words(files, path + "/bonding/slaves").Select(slave => StateFile(files, path, slave))]));
        }
        return found;
    }

    // Kernels before 3.9 put slave_ in front of the link.
    private static string StateFile(HostFiles files, string path, string slave)
    {
        string now = $"{path}/lower_{slave}/bonding_slave/mii_status";
        return files.TrySys(now, out _) ? now : $"{path}/slave_{slave}/bonding_slave/mii_status";
    }

    private static string[] Words(HostFiles files, string file) => (files.SysString(file) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
