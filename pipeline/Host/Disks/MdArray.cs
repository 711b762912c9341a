using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>A software RAID array as /proc/mdstat shows it (md(4)).</summary>
internal sealed partial record MdArray(string Name, string State, double DisksTotal, double DisksActive, double DisksFailed, double DisksSpare, double Blocks, double BlocksSynced)
{
    private static readonly string[] Waiting = ["PENDING", "DELAYED", "REMOTE"];

    /// <summary>All arrays of the file; null when it is not written as the kernel writes it.</summary>
    public static List<MdArray>? Parse(string text)
    {
        var arrays = new List<MdArray>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (string.IsNullOrWhiteSpace(line) || line[0] == ' ' || line.StartsWith("unused", StringComparison.Ordinal) || line.StartsWith("Personalities", StringComparison.Ordinal)) continue;
            if (lines.Length <= i + 3 || Parse(line, lines[i + 1], SyncLine(lines, i)) is not { } array) return null;
            arrays.Add(array);
        }
        return arrays;
    }

    // A line about the bitmap may stand between the array's size and what it is doing.
    private static string SyncLine(string[] lines, int array) => lines[array + 2].Contains("bitmap", StringComparison.Ordinal) ? lines[array + 3] : lines[array + 2];

    private static MdArray? Parse(string deviceLine, string statusLine, string syncLine)
    {
        string[] fields = deviceLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] status = statusLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 3 || status.Length < 1 || !TryNumber(status[0], out double blocks)) return null;
        if (DisksOf(deviceLine, statusLine) is not var (total, active)) return null;
        string state = fields[2];
        double synced = blocks;
        if (ActionOf(syncLine) is { } action)
        {
            state = action;
            // REMOTE: another machine of the cluster does it.
            bool waits = Waiting.Any(word => syncLine.Contains(word, StringComparison.Ordinal));
            if (!waits && (SyncedBlocks().Match(syncLine) is not { Success: true } match || !TryNumber(match.Groups[1].Value, out synced))) return null;
            if (waits) synced = 0;
        }
        return new MdArray(fields[0], state, total, active, Count(deviceLine, "(F)"), Count(deviceLine, "(S)"), blocks, synced);
    }

    private static (double Total, double Active)? DisksOf(string deviceLine, string statusLine)
    {
        if (deviceLine.Contains("raid0", StringComparison.Ordinal) || deviceLine.Contains("linear", StringComparison.Ordinal))
        {
            double disks = Count(deviceLine, "[");
            return (disks, disks);
        }
        if (deviceLine.Contains("inactive", StringComparison.Ordinal)) return (0, 0);
        var match = Status().Match(statusLine);
        return match.Success && TryNumber(match.Groups[1].Value, out double total) && TryNumber(match.Groups[2].Value, out double active) ? (total, active) : null;
    }

    private static string? ActionOf(string syncLine)
    {
        if (syncLine.Contains("recovery", StringComparison.Ordinal)) return "recovering";
        if (syncLine.Contains("reshape", StringComparison.Ordinal)) return "reshaping";
        if (syncLine.Contains("check", StringComparison.Ordinal)) return "checking";
        return syncLine.Contains("resync", StringComparison.Ordinal) ? "resyncing" : null;
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static int Count(string line, string mark) => line.AsSpan().Count(mark);

    // 248896 blocks [2/2] [UU]
    [GeneratedRegex(@"[0-9]+ blocks .*\[([0-9]+)/([0-9]+)\] \[[U_]+\]")]
    private static partial Regex Status();

    // (1176/59766) of a line of progress
    [GeneratedRegex(@"\(([0-9]+)/[0-9]+\)")]
    private static partial Regex SyncedBlocks();
}
