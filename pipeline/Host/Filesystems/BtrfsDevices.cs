using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>A device of a mounted btrfs volume; its errors in the order of <see cref="BtrfsDevices.ErrorTypes"/>.</summary>
internal sealed record BtrfsDevice(string Name, string Uuid, double TotalBytes, double UsedBytes, double[] Errors);

/// <summary>What only the volume itself tells of its devices: space in use and errors. Asked through a mount point (uapi linux/btrfs.h), as /sys has no more than their sizes.</summary>
internal static class BtrfsDevices
{
    /// <summary>Kinds of errors in the order that the kernel counts them.</summary>
    public static readonly string[] ErrorTypes = ["write", "read", "flush", "corruption", "generation"];

    /// <summary>Devices by the volume's id; false when the mount point does not tell.</summary>
    public delegate bool AskVolume(byte[] path, out string volume, out List<BtrfsDevice> devices);

    private const nuint FsInfo = 0x8400941F, DeviceInfo = 0xD000941E, DeviceErrors = 0xC4089434;

    private const int ArgumentBytes = 4096;

    // Numbers of devices need not begin with 1, nor follow each other: one that is not there is passed over. A volume of more is not believed.
    private const ulong MaxNumber = 10_000;

    private const int NoDevice = 19;

    private const int ReadOnlyCloseOnExec = 0x80000;

    public static bool Ask(byte[] path, out string volume, out List<BtrfsDevice> devices)
    {
        (volume, devices) = ("", []);
        int file = HostCalls.Open(path, ReadOnlyCloseOnExec);
        if (file < 0) return false;
        bool found = TryAsk(file, out volume, devices);
        _ = HostCalls.Close(file);
        return found;
    }

    private static bool TryAsk(int file, out string volume, List<BtrfsDevice> devices)
    {
        byte[] argument = new byte[ArgumentBytes];
        volume = "";
        if (IoControl(file, FsInfo, argument) != 0) return false;
        ulong last = Math.Min(Number(argument, 0), MaxNumber), count = Number(argument, 1);
        volume = Id(argument.AsSpan(16, 16));
        for (ulong number = 0; number <= last && (ulong)devices.Count < count; number++)
        {
            Array.Clear(argument);
            BinaryPrimitives.WriteUInt64LittleEndian(argument, number);
            if (IoControl(file, DeviceInfo, argument) == 0) devices.Add(Read(argument));
            else if (Marshal.GetLastPInvokeError() == NoDevice) continue;
            else return false;
            if (!TryErrors(file, number, argument, devices[^1].Errors)) return false;
        }
        return true;
    }

    // struct btrfs_ioctl_dev_info_args: number, id, bytes used, bytes in all; the path is the last 1024 bytes.
    private static BtrfsDevice Read(byte[] argument)
    {
        var path = argument.AsSpan(3072);
        path = path[..Math.Max(0, path.IndexOf((byte)0))];
        string name = Encoding.UTF8.GetString(path[(path.LastIndexOf((byte)'/') + 1)..]);
        return new BtrfsDevice(name, Id(argument.AsSpan(8, 16)), Number(argument, 4), Number(argument, 3), new double[ErrorTypes.Length]);
    }

    // struct btrfs_ioctl_get_dev_stats: number, how many counters, flags, the counters.
    private static bool TryErrors(int file, ulong number, byte[] argument, double[] errors)
    {
        Array.Clear(argument);
        BinaryPrimitives.WriteUInt64LittleEndian(argument, number);
        BinaryPrimitives.WriteUInt64LittleEndian(argument.AsSpan(8), (ulong)errors.Length);
        if (IoControl(file, DeviceErrors, argument) != 0) return false;
        for (int i = 0; i < errors.Length; i++) errors[i] = Number(argument, 3 + i);
        return true;
    }

    private static ulong Number(byte[] argument, int word) => BinaryPrimitives.ReadUInt64LittleEndian(argument.AsSpan(word * 8));

    private static string Id(ReadOnlySpan<byte> bytes) => new Guid(bytes, bigEndian: true).ToString();

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int IoControl(int file, nuint request, byte[] argument);
}
