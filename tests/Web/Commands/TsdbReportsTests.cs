using System.Diagnostics;
using System.Globalization;
using Streamline.Storage;
using Streamline.Tests.Shared;
using Streamline.Web.Commands;

namespace Streamline.Web.Tests.Commands;

/// <summary>The commands beside Debian's promtool on one directory with blocks of several levels and a log.</summary>
public sealed class TsdbReportsTests : IDisposable
{
    private const long Hour = 3600_000, Start = 1_700_000_000_000 / (6 * Hour) * (6 * Hour);

    private readonly string _path = Directory.CreateTempSubdirectory("streamline-reports-").FullName;

    public TsdbReportsTests()
    {
        using var db = Tsdb.Open(new TsdbOptions { Path = _path, Time = new ManualTimeProvider() });
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1e-4, 9.99e-5, 123456, 1234567, 999999.5, 1e21, 5e-324, double.MaxValue, -1.5];
        var all = Labels.Of(("__name__", "m"), ("job", "x\"y"), ("s", "1"));
        var late = Labels.Of(("__name__", "late"), ("job", "z"));
        int i = 0;
        for (long t = Start; t < Start + 12 * Hour; t += 60_000)
        {
            var batch = new SampleBatch("test");
            batch.Add(db.Resolve(all), t, odd[i++ % odd.Length] + (i % 3 == 0 ? i / 7.0 : 0));
            if (t > Start + 7 * Hour) batch.Add(db.Resolve(late), t, i * 1e4);
            Assert.Equal(0, db.Commit(batch).Rejected);
            batch.Release();
        }
        db.Maintain();
        db.Delete([new LabelMatcher(MatchOperator.Equal, "s", "1")], new TimeRange(Start + Hour, Start + 2 * Hour));
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void List_IsPromtools(bool human)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(0, TsdbReports.List(_path, human, output));
        Assert.Equal(human ? Promtool("tsdb", "list", "-r", _path) : Promtool("tsdb", "list", _path), output.ToString());
        Assert.Equal(4, output.ToString().Count(c => c == '\n'));
    }

    [Theory]
    [InlineData(null, long.MinValue, long.MaxValue)]
    [InlineData("late", Start + 8 * Hour, Start + 11 * Hour)]
    public void Dump_IsPromtools(string? name, long min, long max)
    {
        using var output = new StringWriter();
        TsdbReports.Dump(_path, new TimeRange(min, max), name is null ? [] : [new LabelMatcher(MatchOperator.Equal, "__name__", name)], output);
        string text = string.Create(CultureInfo.InvariantCulture, $"--min-time={min} --max-time={max}");
        string expected = Promtool(["tsdb", "dump", .. text.Split(' '), .. name is null ? Array.Empty<string>() : [$"--match={{__name__=\"{name}\"}}"], _path]);
        Assert.Equal(expected, output.ToString());
        Assert.True(expected.Length > 5000);
    }

    [Fact]
    public void Dump_Histograms_AsPromtoolOfPrometheus3()
    {
        string path = Path.Combine(_path, "histograms");
        using (var db = Tsdb.Open(new TsdbOptions { Path = path, Time = new ManualTimeProvider() }))
        {
            var batch = new SampleBatch("test");
            var whole = new NativeHistogram
            {
                Schema = 1,
                ZeroThreshold = 0.001,
                ZeroCount = 2,
                Count = 1234572,
                Sum = 2.5,
                IsInteger = true,
                PositiveSpanArray = [new(0, 3)],
                PositiveBucketArray = [1234567, 0, 1],
                NegativeSpanArray = [new(1, 1)],
                NegativeBucketArray = [2],
            };
            batch.Add(db.Resolve(Labels.Of(("__name__", "h"))), Start, whole);
            batch.Add(db.Resolve(Labels.Of(("__name__", "h"))), Start + 1, 1.5);
            batch.Add(db.Resolve(Labels.Of(("__name__", "h"))), Start + 2, new NativeHistogram { Schema = NativeHistogram.CustomBucketsSchema, Count = 3.5, Sum = 1, PositiveSpanArray = [new(0, 3)], PositiveBucketArray = [0.5, 1, 2], CustomBoundArray = [0.25, 1] });
            Assert.Equal(3, db.Commit(batch).Accepted);
            batch.Release();
        }
        using var output = new StringWriter();
        TsdbReports.Dump(path, TimeRange.All, [], output);
        string[] lines =
        [
            $$"""{__name__="h"} {count:1234572, sum:2.5, [-1.414213562373095,-1):2, [-0.001,0.001]:2, (0.7071067811865475,1]:1234567, (1.414213562373095,2]:1} {{Start}}""",
            $$"""{__name__="h"} 1.5 {{Start + 1}}""",
            $$"""{__name__="h"} {count:3.5, sum:1, [-Inf,0.25]:0.5, (0.25,1]:1, (1,+Inf]:2} {{Start + 2}}""",
        ];
        Assert.Equal(lines, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Analyze_IsPromtools_ButForTheOrderOfEquals(bool extended)
    {
        string ulid = Path.GetFileName(StoredBlock.PathsIn(_path)[0]);
        using var output = new StringWriter { NewLine = "\n" };
        TsdbReports.Analyze(_path, ulid, 20, extended, output);
        Assert.Equal(Sorted(Promtool(["tsdb", "analyze", .. extended ? (string[])["--extended"] : [], _path, ulid])), Sorted(output.ToString()));
        Assert.Throws<UsageException>(() => TsdbReports.Analyze(_path, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 20, extended, output));
    }

    [Fact]
    public void Verify_NamesTheDamagedFile()
    {
        using var sound = new StringWriter();
        Assert.Equal(0, TsdbReports.Verify(_path, sound));
        Assert.Contains("write-ahead log: ok", sound.ToString(), StringComparison.Ordinal);
        string victim = Path.Combine(StoredBlock.PathsIn(_path)[1], "chunks", "000001");
        byte[] bytes = File.ReadAllBytes(victim);
        bytes[60] ^= 4;
        File.WriteAllBytes(victim, bytes);
        using var damaged = new StringWriter();
        Assert.Equal(1, TsdbReports.Verify(_path, damaged));
        Assert.Contains(victim, damaged.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, damaged.ToString().Split(": ok").Length - 1);
    }

    // Sections stay in place, lines within one are sorted: promtool's order of equal values is a map's.
    private static string Sorted(string text) => string.Join("\n\n", text.Trim().Split("\n\n").Select(s => string.Join('\n', s.Split('\n').Order(StringComparer.Ordinal))));

    private static string Promtool(params string[] arguments)
    {
        const string program = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(program), "promtool (Debian package prometheus) is not installed");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output;
    }
}
