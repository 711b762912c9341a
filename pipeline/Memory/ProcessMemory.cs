using System.Globalization;

namespace Streamline.Pipeline.Memory;

/// <summary>What the process holds: resident pages, without those that the collector keeps ready but does not use.</summary>
internal static class ProcessMemory
{
    public static long UsedBytes()
    {
        var heap = GC.GetGCMemoryInfo();
        long spare = Math.Max(0, heap.TotalCommittedBytes - GC.GetTotalMemory(false));
        return Math.Max(GC.GetTotalMemory(false), ResidentBytes() - spare);
    }

    // The second number of statm: resident pages (proc(5)).
    private static long ResidentBytes()
    {
        try
        {
            string[] fields = File.ReadAllText("/proc/self/statm").Split(' ');
            return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Environment.WorkingSet;
        }
    }
}
