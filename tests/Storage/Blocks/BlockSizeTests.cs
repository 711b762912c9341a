using System.Globalization;
using System.Text;
using Streamline.Storage.Blocks;
using Streamline.Storage.Files;
using Streamline.Storage.Tests.Compaction;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Blocks;

public sealed class BlockSizeTests : IDisposable
{
    private const int SeriesCount = 40, StepMs = 15_000;

    // Within a range, so that the first block's chunks end later than predicted ones do: those of restless values then end for their size.
    private const long First = Start + 75 * 60_000, Last = Start + 7 * Hour;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamline-size-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void BlocksOfTheHead_AreNoLargerThanPrometheus()
    {
        string theirs = WriteTheirs();
        using var s = new Scenario();
        var ours = new List<BlockInfo>();
        s.Db.BlockWritten += ours.Add;
        for (long t = First; t < Last; t += StepMs) Commit(s, t);
        string[] before = s.Read();
        s.Db.Maintain();
        Assert.Equal(2, ours.Count);
        foreach (var block in ours)
        {
            string twin = Directory.GetDirectories(theirs).Single(d => BlockMeta.Read(DataFiles.Disk, d).MinTimeMs is var min && block.MinTimeMs <= min && min < block.MaxTimeMs);
            var meta = BlockMeta.Read(DataFiles.Disk, twin);
            Assert.Equal(meta.Stats.NumSamples, block.NumSamples);
            long bytes = BytesOf(Path.Combine(s.Options.Path, block.Ulid)), most = BytesOf(twin);
            Assert.True(bytes <= most, $"{bytes} bytes for {block.NumSamples} samples from {block.MinTimeMs}, Prometheus needs {most}");
        }
        Assert.Equal(before, s.Read());
        Assert.Contains(Promtool.Dump(s.Options.Path), line => line.Contains("restless", StringComparison.Ordinal));
    }

    [Fact]
    public void ChunksThatEndedForTheirSize_AreJoinedInTheBlock_AndReadAsBefore()
    {
        using var s = new Scenario();
        for (long t = First; t < Start + 9 * Hour / 2; t += StepMs) Commit(s, t);
        Assert.True(s.Head.ChunkCount > SeriesCount * 5);
        string[] before = s.Read();
        s.Db.Maintain();
        var meta = BlockMeta.Read(DataFiles.Disk, Path.Combine(s.Options.Path, s.Db.Blocks[0].Ulid));
        Assert.Equal(SeriesCount, meta.Stats.NumChunks);
        Assert.Equal(before, s.Read());
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    private static long BytesOf(string block) =>
        Directory.GetFiles(block, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != BlockMeta.FileName).Sum(f => new FileInfo(f).Length);

    private static string NameOf(int series) => (series % 4) switch { 0 => "restless", 1 => "counter", 2 => "wave", _ => "still" };

    private static double ValueOf(int series, long time) => (series % 4) switch
    {
        // All bits of the fraction change: more than eight bytes a sample.
        0 => BitConverter.UInt64BitsToDouble(0x3FF0_0000_0000_0000 | (Mix((ulong)(time + series)) >> 12)) - 1.5,
        1 => (time - Start) / 1000 * (series + 1),
        2 => Math.Round(Math.Sin(time / 600_000.0 + series), 2),
        _ => series,
    };

    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }

    private static void Commit(Scenario s, long time)
    {
        var samples = new (string, long, double)[SeriesCount];
        for (int i = 0; i < SeriesCount; i++) samples[i] = ($"{NameOf(i)},i={i:D2}", time, ValueOf(i, time));
        Assert.Equal(SeriesCount, s.Commit(samples).Accepted);
    }

    private string WriteTheirs()
    {
        var text = new StringBuilder();
        foreach (var family in Enumerable.Range(0, SeriesCount).GroupBy(NameOf))
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {family.Key} gauge\n");
            foreach (int i in family)
            {
                for (long t = First; t < Last; t += StepMs) text.Append(CultureInfo.InvariantCulture, $"{family.Key}{{i=\"{i:D2}\"}} {ValueOf(i, t):R} {t / 1000}\n");
            }
        }
        string source = Path.Combine(_directory.FullName, "samples.om"), target = Path.Combine(_directory.FullName, "blocks");
        File.WriteAllText(source, text.Append("# EOF\n").ToString());
        Promtool.Run("tsdb", "create-blocks-from", "openmetrics", source, target);
        return target;
    }
}
