using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Tests.Shared;
using Streamline.Web.Commands;

namespace Streamline.Web.Tests.Commands;

/// <summary>The commands that write: blocks made of a file, beside promtool on the same file, and repairs.</summary>
public sealed class TsdbChangesTests : IDisposable
{
    private const long Hour = 3600_000, Start = 1_700_000_000_000 / (6 * Hour) * (6 * Hour);

    private readonly string _path = Directory.CreateTempSubdirectory("streamline-changes-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private string Input()
    {
        var text = new StringBuilder("# HELP http_requests_total The \"number\".\n# TYPE http_requests counter\n");
        void Line(string series, double value, long ms) => text.Append(CultureInfo.InvariantCulture, $"{series} {value:R} {ms / 1000}.{ms % 1000:D3}\n");
        for (int i = 0; i < 500; i++) Line("http_requests_total{code=\"200\",path=\"a\\\\b\\\"\\n\"}", i * 3, Start + i * 61_007L);
        for (int i = 0; i < 500; i++) Line("http_requests_total{code=\"400\"}", Math.Sin(i), Start + 137 + i * 61_007L);
        text.Append("# TYPE temperature gauge\n");
        // A day of nothing, then one sample that is said twice.
        for (int i = 0; i < 2; i++) Line("temperature{room=\"k\u00fcche\"}", -1.5, Start + 40 * Hour);
        text.Append("temperature{room=\"x\"} NaN 1700200000\n# EOF\n");
        string path = Path.Combine(_path, "input.om");
        File.WriteAllText(path, text.ToString());
        return path;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CreateBlocks_MakesWhatPromtoolMakes(bool human)
    {
        string input = Input(), ours = Path.Combine(_path, "ours"), theirs = Path.Combine(_path, "theirs");
        Directory.CreateDirectory(ours);
        Directory.CreateDirectory(theirs);
        using var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(0, TsdbReports.CreateBlocks(new BackfillOptions { InputFile = input, OutputDirectory = ours }, human, quiet: false, output));
        string expected = Promtool(["tsdb", "create-blocks-from", "openmetrics", .. human ? (string[])["-r"] : [], input, theirs]);
        Assert.Equal(Unnamed(expected), Unnamed(output.ToString()));
        Assert.Equal(7, StoredBlock.PathsIn(ours).Count);
        // promtool dumps no directory without a log.
        foreach (string path in (string[])[ours, theirs]) Directory.CreateDirectory(Path.Combine(path, "wal"));
        string dump = Promtool("tsdb", "dump", theirs);
        Assert.Equal(dump, Promtool("tsdb", "dump", ours));
        Assert.Equal(1002, dump.Count(c => c == '\n'));
        Assert.All(StoredBlock.PathsIn(ours), p =>
        {
            using var block = StoredBlock.Open(p);
            Assert.Empty(block.Verify());
        });
    }

    [Fact]
    public void CreateBlocks_TakesLongerBlocksAndLabels()
    {
        var written = new List<string>();
        Backfill.Run(new BackfillOptions
        {
            InputFile = Input(),
            OutputDirectory = Path.Combine(_path, "new", "directory"),
            MaxBlockDurationMs = 24 * Hour,
            Labels = [new("cluster", "eu"), new("code", "none")],
            BlockWritten = written.Add,
        });
        Assert.Equal(StoredBlock.PathsIn(Path.Combine(_path, "new", "directory")), written);
        Assert.InRange(written.Count, 2, 4);
        using var block = StoredBlock.Open(written[0]);
        Assert.Equal(["eu"], block.LabelValues("cluster", [], TimeRange.All));
        Assert.Equal(["none"], block.LabelValues("code", [], TimeRange.All));
    }

    [Theory]
    [InlineData("a 1 1700000000\n", "line 2: data does not end with # EOF")]
    [InlineData("a 1\n# EOF\n", "line 1: expected timestamp for series a, got none")]
    [InlineData("a 1 1700000000\na 2 1699999999\n# EOF\n", "line 2: out of order sample")]
    [InlineData("a 1 1700000000\na 2 1700000000\n# EOF\n", "line 2: duplicate sample for timestamp")]
    public void CreateBlocks_NamesTheLineThatItCannotTake(string text, string problem)
    {
        string input = Path.Combine(_path, "bad.om");
        File.WriteAllText(input, text);
        var error = Assert.Throws<InvalidDataException>(() => Backfill.Run(new BackfillOptions { InputFile = input, OutputDirectory = _path }));
        Assert.Equal($"{input}: {problem}", error.Message);
        Assert.Empty(StoredBlock.PathsIn(_path));
    }

    [Fact]
    public void Repair_PutsDamagedBlocksAside_CutsTheLog_AndTheDirectoryOpens()
    {
        var options = new TsdbOptions { Path = _path, Time = new ManualTimeProvider(), WalSegmentBytes = 32 << 10, RetentionMs = 0 };
        using (var db = Tsdb.Open(options))
        {
            for (long t = Start; t < Start + 9 * Hour; t += 15_000)
            {
                var batch = new SampleBatch("test");
                for (int i = 0; i < 5; i++) batch.Add(db.Resolve(Labels.Of(("__name__", "m"), ("i", $"{i}"))), t, Math.Sin(t + i));
                Assert.Equal(0, db.Commit(batch).Rejected);
                batch.Release();
            }
            db.Maintain();
        }
        using var nothing = new StringWriter();
        Assert.Equal(0, TsdbReports.Repair(_path, nothing));
        Assert.Equal("nothing to repair", nothing.ToString().Trim());
        string block = StoredBlock.PathsIn(_path)[1];
        Flip(Path.Combine(block, "chunks", "000001"), 80);
        string checkpoint = Directory.GetDirectories(Path.Combine(_path, "wal"))[0];
        string segment = Path.Combine(checkpoint, "00000000");
        Flip(segment, new FileInfo(segment).Length - 20);
        Assert.Throws<StorageCorruptionException>(() =>
        {
            Directory.Delete(Path.Combine(_path, "streamline"), recursive: true);
            Tsdb.Open(options).Dispose();
        });
        using (var output = new StringWriter())
        {
            Assert.Equal(0, TsdbReports.Repair(_path, output));
            Assert.Contains($"{block}: renamed", output.ToString(), StringComparison.Ordinal);
            Assert.Contains($"{checkpoint}: cut to its good part", output.ToString(), StringComparison.Ordinal);
        }
        Assert.True(Directory.Exists(block + ".damaged"));
        using var open = Tsdb.Open(options);
        Assert.DoesNotContain(open.Blocks, b => b.Path == block);
        using var again = new StringWriter();
        Assert.Throws<TsdbLockedException>(() => TsdbReports.Repair(_path, again));
    }

    private static void Flip(string path, long at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    // Names and sizes differ: names are random, and meta.json of the two programs is not the same to the byte.
    private static string Unnamed(string table) => Regex.Replace(Regex.Replace(table, "^01[0-9A-Z]{24}", "ULID", RegexOptions.Multiline), @"\S+$", "SIZE", RegexOptions.Multiline);

    private static string Promtool(params string[] arguments)
    {
        const string program = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(program), "promtool (Debian package prometheus) is not installed");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output;
    }
}
