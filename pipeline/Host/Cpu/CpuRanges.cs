using System.Globalization;

namespace Streamline.Pipeline.Host.Cpu;

/// <summary>Lists of processors as the kernel writes them: <c>0-3,8</c>.</summary>
internal static class CpuRanges
{
    // More processors than any kernel is built for: a range beyond it is no range.
    private const int MaxCpus = 65_536;

    /// <summary>The processors; what is no number or range is passed over.</summary>
    public static List<int> Parse(string text)
    {
        var cpus = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (!TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last)) continue;
            for (int cpu = first; cpu <= last && cpus.Count < MaxCpus; cpu++) cpus.Add(cpu);
        }
        return cpus;
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < MaxCpus;
}
