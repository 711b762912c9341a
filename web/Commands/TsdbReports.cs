using System.Globalization;
using Streamline.Pipeline;
using Streamline.Query;
using Streamline.Storage;

namespace Streamline.Web.Commands;

/// <summary>What the tsdb commands print; the forms are those of promtool 2.42.</summary>
internal static class TsdbReports
{
    private const int LeastColumn = 13, ColumnGap = 2;
    private static readonly string[] Header = ["BLOCK ULID", "MIN TIME", "MAX TIME", "DURATION", "NUM SAMPLES", "NUM CHUNKS", "NUM SERIES", "SIZE"];

    public static int List(string dataPath, bool human, TextWriter output)
    {
        var rows = new List<string[]> { Header };
        foreach (string path in StoredBlock.PathsIn(dataPath)) rows.Add(Row(path, human));
        WriteTable(rows, output);
        return 0;
    }

    /// <summary>One line a block as it is made, as promtool does: each for itself, the first with the header.</summary>
    public static int CreateBlocks(BackfillOptions options, bool human, bool quiet, TextWriter output)
    {
        bool first = true;
        Backfill.Run(options with
        {
            BlockWritten = path =>
            {
                if (!quiet) WriteTable(first ? [Header, Row(path, human)] : [Row(path, human)], output);
                first = false;
            },
        });
        return 0;
    }

    public static int Repair(string dataPath, TextWriter output)
    {
        if (StoreRepair.Run(dataPath, output.WriteLine) == 0) output.WriteLine("nothing to repair");
        return 0;
    }

    private static string[] Row(string path, bool human)
    {
        using var block = StoredBlock.Open(path);
        var info = block.Info;
        return [info.Ulid, TimeText(info.MinTimeMs, human), TimeText(info.MaxTimeMs, human), GoDuration(info.MaxTimeMs - info.MinTimeMs),
            Text(info.NumSamples), Text(info.NumChunks), Text(info.NumSeries), human ? SizeText(block.Bytes) : Text(block.Bytes)];
    }

    private static void WriteTable(List<string[]> rows, TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(i => Math.Max(LeastColumn, rows.Max(r => r[i].Length) + ColumnGap))];
        foreach (string[] row in rows) output.WriteLine(string.Concat(row.Select((cell, i) => i == row.Length - 1 ? cell : cell.PadRight(widths[i]))));
    }

    public static int Analyze(string dataPath, string? ulid, int limit, bool extended, TextWriter output)
    {
        var paths = StoredBlock.PathsIn(dataPath);
        if (paths.Count == 0) throw new UsageException("no blocks found");
        string path = string.IsNullOrEmpty(ulid)
            ? paths[^1]
            : paths.FirstOrDefault(p => Path.GetFileName(p) == ulid) ?? throw new UsageException($"block {ulid} not found");
        using var block = StoredBlock.Open(path);
        var found = block.Analyze(limit);
        output.WriteLine($"Block ID: {found.Block.Ulid}");
        output.WriteLine($"Duration: {GoDuration(found.Block.MaxTimeMs - found.Block.MinTimeMs)}");
        output.WriteLine($"Series: {Text(found.Block.NumSeries)}");
        output.WriteLine($"Label names: {Text(found.LabelNames)}");
        output.WriteLine($"Postings (unique label pairs): {Text(found.Postings)}");
        output.WriteLine($"Postings entries (total label pairs): {Text(found.PostingEntries)}");
        WriteTop(output, "Label pairs most involved in churning", found.ChurningPairs);
        WriteTop(output, "Label names most involved in churning", found.ChurningNames);
        WriteTop(output, "Most common label pairs", found.CommonPairs);
        WriteTop(output, "Label names with highest cumulative label value length", found.LongestNames);
        WriteTop(output, "Highest cardinality labels", found.LargestNames);
        WriteTop(output, "Highest cardinality metric names", found.LargestMetrics);
        if (extended) WriteFullness(block.ChunksBySamples(), output);
        return 0;
    }

    /// <summary>Tenths of the chunks' aim, whole percent, one # each.</summary>
    private static void WriteFullness(IReadOnlyDictionary<int, long> chunks, TextWriter output)
    {
        const int aim = 120, tenths = 10;
        long[] buckets = new long[tenths];
        foreach (var (samples, count) in chunks) buckets[Math.Max(0, (int)Math.Ceiling(tenths * (double)Math.Min(samples, aim) / aim) - 1)] += count;
        long all = Math.Max(1, buckets.Sum());
        output.WriteLine();
        output.WriteLine("Compaction analysis:");
        output.WriteLine("Fullness: Amount of samples in chunks (100% is 120 samples)");
        for (int i = 0; i < tenths; i++) output.WriteLine($"{Text((i + 1) * 10).PadLeft(7)}%: {new string('#', (int)(100 * buckets[i] / all))}");
    }

    public static void Dump(string dataPath, TimeRange range, IReadOnlyList<LabelMatcher> matchers, TextWriter output)
    {
        using var db = Tsdb.Open(new TsdbOptions { Path = dataPath, ReadOnly = true });
        using var set = db.Select(matchers, range, SelectHints.None);
        long[] times = new long[512];
        double[] values = new double[512];
        var histograms = new NativeHistogram[64];
        SampleCursor? cursor = null;
        for (int i = 0; i < set.Count; i++)
        {
            cursor = set.Open(i, cursor);
            string labels = set.LabelsAt(i).ToString();
            int read;
            while ((read = cursor.Next(times, values)) > 0 || cursor.AtHistogram)
            {
                for (int k = 0; k < read; k++) output.Write(string.Create(CultureInfo.InvariantCulture, $"{labels} {FloatText.FormatGeneral(values[k])} {times[k]}\n"));
                if (read > 0) continue;
                read = cursor.NextHistograms(times, histograms);
                for (int k = 0; k < read; k++) output.Write(string.Create(CultureInfo.InvariantCulture, $"{labels} {histograms[k].StoredText()} {times[k]}\n"));
            }
        }
        cursor?.Dispose();
    }

    public static int Verify(string dataPath, TextWriter output)
    {
        int wrong = 0;
        foreach (string path in StoredBlock.PathsIn(dataPath)) wrong += Tell(output, Path.GetFileName(path), ProblemsOf(path));
        // A damaged block would end the opening; the log is looked at when they are sound.
        if (wrong == 0) wrong += Tell(output, "write-ahead log", ProblemsOfLog(dataPath));
        return wrong == 0 ? 0 : 1;
    }

    private static int Tell(TextWriter output, string what, IReadOnlyList<string> problems)
    {
        output.WriteLine($"{what}: {(problems.Count == 0 ? "ok" : "damaged")}");
        foreach (string problem in problems) output.WriteLine("  " + problem);
        return problems.Count;
    }

    private static IReadOnlyList<string> ProblemsOf(string path)
    {
        try
        {
            using var block = StoredBlock.Open(path);
            return block.Verify();
        }
        catch (IOException error)
        {
            return [error.Message];
        }
    }

    private static List<string> ProblemsOfLog(string dataPath)
    {
        var problems = new List<string>();
        try
        {
            using var db = Tsdb.Open(new TsdbOptions { Path = dataPath, ReadOnly = true, Log = (level, text) => { if (level >= TsdbLogLevel.Warning) problems.Add(text); } });
        }
        catch (IOException error)
        {
            problems.Add(error.Message);
        }
        return problems;
    }

    private static void WriteTop(TextWriter output, string title, IReadOnlyList<TsdbStat> stats)
    {
        output.WriteLine();
        output.WriteLine(title + ":");
        foreach (var stat in stats) output.WriteLine($"{Text(stat.Value)} {stat.Name}");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string TimeText(long ms, bool human) =>
        human ? DateTimeOffset.FromUnixTimeSeconds(ms / 1000).ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture) : Text(ms);

    /// <summary>As Go prints a duration: 1h46m30.001s, 59.5s, 250ms.</summary>
    public static string GoDuration(long ms)
    {
        if (ms == 0) return "0s";
        if (Math.Abs(ms) < 1000) return Text(ms) + "ms";
        string sign = ms < 0 ? "-" : "";
        ms = Math.Abs(ms);
        string seconds = (ms % 60_000 / 1000m).ToString("0.###", CultureInfo.InvariantCulture) + "s";
        long hours = ms / 3_600_000, minutes = ms / 60_000 % 60;
        if (hours > 0) return $"{sign}{Text(hours)}h{Text(minutes)}m{seconds}";
        return minutes > 0 ? $"{sign}{Text(minutes)}m{seconds}" : sign + seconds;
    }

    /// <summary>Units of 1024 one after the other, as promtool does: 11KiB956B.</summary>
    public static string SizeText(long bytes)
    {
        if (bytes == 0) return "0B";
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        string text = "";
        for (int i = units.Length - 1; i >= 0; i--)
        {
            long amount = bytes >> (10 * i) & (i == units.Length - 1 ? long.MaxValue : 1023);
            if (amount > 0) text += Text(amount) + units[i];
        }
        return text;
    }
}
