using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Files of metrics that other programs leave.</summary>
public sealed class TextfileTests : IDisposable
{
    private static readonly DateTime Written = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly HostFolder _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Files_GiveTheirSamples_AndWhenTheyWereWritten()
    {
        Put("a.prom", "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{kind=\"x \\\"y\\\"\"} 3\nbare 4.5\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n");
        Put("ignored.txt", "nothing 1\n");
        Assert.Equal(
            [
                "bare 4.5", "h_bucket{le=+Inf} 2", "h_bucket{le=1.0} 1", "h_count 2", "h_sum 3", "jobs_total{kind=x \"y\"} 3", "node_textfile_mtime_seconds{file=DIR/a.prom} 1767323045", "node_textfile_scrape_error 0",
            ],
            await RunAsync(Folder));
    }

    [Fact]
    public async Task Types_MayBeInCapitalsOrMissing()
    {
        Put("a.prom", "# TYPE a COUNTER\na 1\n#\tTYPE  b  Gauge\nb 2\n# TYPE c\nc 3\n# TYPED d\n# HELP d The TYPE is Odd.\nd{x=\"TYPE X\"} 4\n");
        await using var bench = new HostBench(_machine, Config(Folder), HostCollector.Textfile);
        await bench.StartAsync();
        Assert.Equal(["a counter", "b gauge", "c untyped", "d untyped"], bench.Source.Families.Where(f => f.Name.Length == 1).OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{f.Name} {f.Type}"));
        Assert.Equal("The TYPE is Odd.", bench.Source.Families.Single(f => f.Name == "d").Help);
        Assert.Equal(["d{x=TYPE X} 4"], bench.Store.Samples("d"));
    }

    [Theory]
    [InlineData("good 1\nbroken{ 2\n")]
    [InlineData("stamped 1 1700000000000\n")]
    [InlineData("# TYPE x nonsense\nx 1\n")]
    [InlineData("last 1")]
    public async Task File_WithAFault_GivesNothingAndSetsTheError(string text)
    {
        Put("bad.prom", text);
        Put("good.prom", "fine 1\n");
        Assert.Equal(["fine 1", "node_textfile_mtime_seconds{file=DIR/good.prom} 1767323045", "node_textfile_scrape_error 1"], await RunAsync(Folder));
    }

    [Fact]
    public async Task Family_WithAnotherHelp_IsLeftOutOfTheLaterFile()
    {
        Put("1.prom", "# HELP m One.\nm{f=\"1\"} 1\n");
        Put("2.prom", "# HELP m Two.\nm{f=\"2\"} 2\nother 2\n");
        Put("3.prom", "m{f=\"3\"} 3\n");
        Assert.Equal(["m{f=1} 1", "m{f=3} 3", "other 2"], (await RunAsync(Folder)).Where(s => !s.StartsWith("node_", StringComparison.Ordinal)));
        Assert.Contains("node_textfile_scrape_error 1", await RunAsync(Folder));
    }

    [Fact]
    public async Task Families_HaveTypeAndHelp_WithoutHelpTheNamesOfTheFiles()
    {
        Put("1.prom", "# HELP a Says \\\\ so.\n# TYPE a gauge\na 1\nb 1\n");
        Put("2.prom", "b{x=\"1\"} 1\n");
        await using var bench = new HostBench(_machine, Config(Folder), HostCollector.Textfile);
        await bench.StartAsync();
        var families = bench.Source.Families.Where(f => f.Name.Length == 1).OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{f.Name} {f.Type} {f.Help.Replace(Folder, "DIR", StringComparison.Ordinal)}");
        Assert.Equal([@"a gauge Says \ so.", "b untyped Left without a help text by DIR/1.prom, DIR/2.prom."], families);
    }

    [Fact]
    public async Task File_ThatChanges_IsReadAgain_AndOneThatGoesEnds()
    {
        Put("a.prom", "a 1\n");
        Put("b.prom", "b 1\n");
        await using var bench = new HostBench(_machine, Config(Folder), HostCollector.Textfile);
        await bench.StartAsync();
        _machine.Write("files/a.prom", "a 22\n");
        _machine.Delete("files/b.prom");
        await bench.Store.Time.StepAsync(HostBench.Interval);
        Assert.Equal(["a 1 22"], bench.Store.Samples("a"));
        Assert.Equal(["b 1 stale"], bench.Store.Samples("b"));
    }

    [Fact]
    public async Task File_BehindALink_IsReadAgainWhenItChanges()
    {
        _machine.Write("elsewhere/a.txt", "a 1\n").Write("files/none.txt", "");
        File.CreateSymbolicLink(Path.Combine(Folder, "a.prom"), "../elsewhere/a.txt");
        await using var bench = new HostBench(_machine, Config(Folder), HostCollector.Textfile);
        await bench.StartAsync();
        _machine.Write("elsewhere/a.txt", "a 22\n");
        await bench.Store.Time.StepAsync(HostBench.Interval);
        Assert.Equal(["a 1 22"], bench.Store.Samples("a"));
    }

    [Fact]
    public async Task Folders_MayHoldWildcards_AndOneThatIsMissingSetsTheError()
    {
        _machine.Write("files/app-1/x.prom", "x{n=\"1\"} 1\n").Write("files/app-2/x.prom", "x{n=\"2\"} 2\n").Write("files/other/x.prom", "x{n=\"3\"} 3\n");
        Assert.Equal(["x{n=1} 1", "x{n=2} 2"], (await RunAsync(Path.Combine(Folder, "app-[0-9]"))).Where(s => s.StartsWith('x')));
        Assert.Equal(["node_textfile_scrape_error 1"], await RunAsync(Path.Combine(Folder, "none-*")));
    }

    [Fact]
    public async Task WhatIsNoFile_GivesNothing_SetsTheError_AndHoldsNobodyUp()
    {
        Put("good.prom", "fine 1\n");
        string[] expected = ["fine 1", "node_textfile_mtime_seconds{file=DIR/good.prom} 1767323045", "node_textfile_scrape_error 1"];
        foreach (var (name, make) in new (string, Action)[]
        {
            ("pipe.prom", () => _machine.Pipe("files/pipe.prom")),
            ("ring.prom", () => _machine.Link("files/ring.prom", "ring.prom")),
            ("nowhere.prom", () => _machine.Link("files/nowhere.prom", "../gone")),
            ("junk.prom", () => _machine.Write("files/junk.prom", [0, 0xFF, 0xFE, 10, 13, 123, 0xC3, 10])),
            ("zeros.prom", () => _machine.Link("files/zeros.prom", "/dev/zero")),
            ("large.prom", () => _machine.Write("files/large.prom", new string('#', 17 << 20) + "\nlarge 1\n")),
        })
        {
            make();
            Assert.Equal(expected, await RunAsync(Folder));
            _machine.Delete("files/" + name);
        }
        Directory.CreateDirectory(Path.Combine(Folder, "folder.prom"));
        Assert.Equal(expected, await RunAsync(Folder));
    }

    [Theory]
    [InlineData("[z-a]")]
    [InlineData("[a")]
    public async Task Folder_WhosePatternIsNone_IsAFolderThatIsMissing(string pattern) => Assert.Equal(["node_textfile_scrape_error 1"], await RunAsync(Path.Combine(Folder, pattern)));

    [Fact]
    public async Task File_WrittenJustNow_IsReadAgain_AlsoWithTheSameTimeAndLength()
    {
        Put("a.prom", "a 1\n");
        await using var bench = new HostBench(_machine, Config(Folder), HostCollector.Textfile);
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "a.prom"), bench.Store.Clock.GetUtcNow().UtcDateTime);
        await bench.StartAsync();
        _machine.Write("files/a.prom", "a 2\n");
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "a.prom"), DateTimeOffset.FromUnixTimeMilliseconds(bench.Store.NowMs).UtcDateTime);
        await bench.Store.Time.StepAsync(HostBench.Interval);
        Assert.Equal(["a 1 2"], bench.Store.Samples("a"));
    }

    [Fact]
    public async Task NoFolder_IsNoError() => Assert.Equal(["node_textfile_scrape_error 0"], await RunAsync());

    private string Folder => Path.Combine(Path.GetDirectoryName(_machine.Proc)!, "files");

    private void Put(string name, string text)
    {
        _machine.Write("files/" + name, text);
        File.SetLastWriteTimeUtc(Path.Combine(Folder, name), Written);
    }

    private static HostCollectorConfig Config(params string[] folders) => new() { Textfile = new() { Directory = new OneOrMany(folders) } };

    private async Task<List<string>> RunAsync(params string[] folders)
    {
        await using var bench = new HostBench(_machine, Config(folders), HostCollector.Textfile);
        await bench.StartAsync();
        string[] others = ["node_scrape_", "scrape_", "up "];
        return [.. bench.Store.Samples().Where(s => !others.Any(o => s.StartsWith(o, StringComparison.Ordinal))).Select(s => s.Replace(Folder, "DIR", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
