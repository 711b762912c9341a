using System.Diagnostics;
using System.Globalization;
using Streamline.Storage.Blocks;
using Streamline.Storage.Files;

namespace Streamline.Storage.Tests.Blocks;

/// <summary>Prometheus's own tool, as Debian ships it, judges our blocks, and we read one of its blocks.</summary>
public sealed class PromtoolTests : IDisposable
{
    private readonly BlockFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Dump_OfOurBlock_GivesTheSameSamples()
    {
        var series = BlockFixture.Generate(150, 250, seed: 3);
        _fixture.Write(series, segmentBytes: 100_000);
        // 2.42 quotes no label name.
        var expected = series.SelectMany(s => s.Samples.Select(p => (s.Labels.ToString().Replace("\"ünïcode\"=", "ünïcode=", StringComparison.Ordinal), p.Time, Text(p.Value)))).Order();
        Assert.Equal(expected, Dump(_fixture.Path).Order());
    }

    [Fact]
    public void ListAndAnalyze_OfOurBlock_CountWhatWeCount()
    {
        var meta = _fixture.Write(BlockFixture.Generate(50, 130))!;
        string list = Run("tsdb", "list", _fixture.Path);
        Assert.Contains(meta.Ulid, list, StringComparison.Ordinal);
        string[] columns = list.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["6500", "100", "50"], columns[4..7]);
        string analysis = Run("tsdb", "analyze", _fixture.Path, meta.Ulid);
        Assert.Contains("Series: 50", analysis, StringComparison.Ordinal);
        Assert.Contains("Label names: 4", analysis, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_BlockOfPromtool_GivesTheSamplesThatItDumps()
    {
        string source = Path.Combine(_fixture.Path, "in.om"), target = Path.Combine(_fixture.Path, "out");
        var text = new System.Text.StringBuilder("# TYPE m gauge\n");
        for (int i = 0; i < 200; i++)
        {
            for (int s = 0; s < 10; s++) text.Append(CultureInfo.InvariantCulture, $"m{{s=\"{s}\",job=\"x\\\"y\"}} {i * 0.1 + s} {1_699_990_000 + i * 15}\n");
        }
        File.WriteAllText(source, text.Append("# EOF\n").ToString());
        Run("tsdb", "create-blocks-from", "openmetrics", source, target);
        var ours = new List<(string, long, string)>();
        foreach (string directory in Directory.GetDirectories(target).Where(d => Ulid.IsValid(Path.GetFileName(d))))
        {
            using var block = BlockReader.Open(DataFiles.Disk, directory);
            using var set = block.Select([new(MatchOperator.Regex, "s", "[0-7]"), new(MatchOperator.Equal, "job", "x\"y")], BlockFixture.Everything, SelectHints.None);
            for (int i = 0; i < set.Count; i++) ours.AddRange(BlockFixture.Read(set.Open(i)).Select(p => (set.LabelsAt(i).ToString(), p.Time, Text(p.Value))));
        }
        Assert.Equal(1600, ours.Count);
        Assert.Equal(Dump(target).Where(l => !l.Series.Contains("s=\"8\"", StringComparison.Ordinal) && !l.Series.Contains("s=\"9\"", StringComparison.Ordinal)).Order(), ours.Order());
    }

    [Fact]
    public void Select_Expressions_AcceptWhatGoAccepts()
    {
        string[] values = ["a", "b", "ab", "aB", "AB", "a1", "42", "٣", "ü", "Ü", "k", "\u212a", "ſ", "s", "😀", "😀😀", "a-b", "a b", "x.y", "host-7:9100", "]", "{2}", "aa", "aaa"];
        string[] patterns =
        [
            ".", "..", ".*b", "[^a]", "[^a]+", "\\\\d+", "\\\\w+", "\\\\W", "[[:alpha:]]+", "(?i)ab", "(?i)k", "(?i)[s]", "(?i)ü", "\\\\pL", "\\\\p{Lu}", "a{2,3}", "a?.?", "(a|b)+", "[😀]+", "[a-c-e]+.*", "^a.*$",
            "a|ab|42", "\\\\S+", "\\\\{2}", "[]x]", "host-[0-9]:.*", "(?i:A)b", "\\\\Qx.\\\\E.", "(?i)[^k]", "[[:^alpha:]]",
        ];
        _fixture.Write(values.Select((v, i) => (Labels.Of(("v", v)), new[] { (BlockFixture.Start + i, 1.0) })));
        using var block = BlockReader.Open(DataFiles.Disk, Directory.GetDirectories(_fixture.Path).Single(d => Ulid.IsValid(Path.GetFileName(d))));
        foreach (string pattern in patterns)
        {
            using var set = block.Select([new(MatchOperator.Regex, "v", pattern.Replace("\\\\", "\\", StringComparison.Ordinal))], BlockFixture.Everything, SelectHints.None);
            Assert.Equal(Dump(_fixture.Path, $"--match={{v=~\"{pattern}\"}}").Select(l => l.Series).Order(), Enumerable.Range(0, set.Count).Select(i => set.LabelsAt(i).ToString()).Order());
        }
    }

    /// <summary>promtool prints one sample a line, <c>{labels} value timestamp</c>, over all blocks.</summary>
    private static IEnumerable<(string Series, long Time, string Value)> Dump(string path, params string[] options)
    {
        Directory.CreateDirectory(Path.Combine(path, "wal"));
        foreach (string line in Run(["tsdb", "dump", .. options, path]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int end = line.LastIndexOf('}') + 1;
            string[] numbers = line[(end + 1)..].Split(' ');
            yield return (line[..end], long.Parse(numbers[1], CultureInfo.InvariantCulture), Text(double.Parse(numbers[0].Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)));
        }
    }

    // The tool's text tells no NaN from another.
    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Run(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/promtool"), "promtool (Debian package prometheus) is not installed");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/promtool", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output;
    }
}
