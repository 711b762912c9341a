using System.Diagnostics;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery;

public sealed class FileProviderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-sd-").FullName;
    private readonly ManualTimeProvider _time = new();

    private readonly TestDiscovery _context = new();
    private FileProvider? _provider;

    public void Dispose()
    {
        _context.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void JsonAndYaml_AreRead()
    {
        Write("a.json", """[{"targets": ["a:1", "a:2"], "labels": {"env": "x"}}]""");
        Write("b.yml", "- targets: ['b:1']\n- targets: [b:2]\n  labels: {env: y}\n");
        var groups = TargetFile.Read(Path.Combine(_folder, "a.json")).Concat(TargetFile.Read(Path.Combine(_folder, "b.yml"))).ToList();
        Assert.Equal(["a:1 a:2 x a.json", "b:1  b.yml", "b:2 y b.yml"], groups.Select(Shown));
    }

    [Theory]
    [InlineData("x.json", "{")]
    [InlineData("x.json", """{"targets": []}""")]
    [InlineData("x.json", """[{"target": []}]""")]
    [InlineData("x.json", """[{"targets": [1]}]""")]
    [InlineData("x.json", "[null]")]
    [InlineData("x.yml", "- targets: [a\n")]
    [InlineData("x.yml", "- unknown: [a]\n")]
    [InlineData("x.yml", "a: b\n")]
    [InlineData("a.yml", "[{a {b_[]c: d}\ne: f}]")]
    public void BrokenFile_IsRefusedByName(string file, string content)
    {
        Write(file, content);
        Assert.Contains(file, Assert.Throws<FormatException>(() => TargetFile.Read(Path.Combine(_folder, file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_IsNoticed_BrokenKeepsTheOld_GoneTakesItAway()
    {
        Write("a.json", """[{"targets": ["a:1"]}]""");
        var (seen, subscription) = Subscribe("*.json");
        using var ending = subscription;
        await ExpectAsync(seen, "a:1  a.json");
        Replace("a.json", """[{"targets": ["a:2"]}]""");
        await ExpectAsync(seen, "a:2  a.json");
        Replace("b.json", "[{");
        Replace("a.json", "[{");
        Write("c.json", """[{"targets": ["c:1"]}]""");
        await ExpectAsync(seen, "a:2  a.json, c:1  c.json");
        Assert.StartsWith($"file_sd_configs: {Path.Combine(_folder, "a.json")}: ", _provider!.Problem, StringComparison.Ordinal);
        Assert.EndsWith(" (and 1 more)", _provider.Problem, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "a.json"));
        await ExpectAsync(seen, "c:1  c.json");
        Assert.StartsWith($"file_sd_configs: {Path.Combine(_folder, "b.json")}: ", _provider.Problem, StringComparison.Ordinal);
    }

    // A Kubernetes volume: the file is a link into ..data, which is a link to a folder, and that link is renamed over the old one.
    [Fact]
    public async Task SwappedLink_IsNoticed()
    {
        Volume("one", "a:1");
        File.CreateSymbolicLink(Path.Combine(_folder, "..data"), "one");
        File.CreateSymbolicLink(Path.Combine(_folder, "targets.json"), "..data/targets.json");
        var (seen, subscription) = Subscribe("targets.json");
        using var ending = subscription;
        await ExpectAsync(seen, "a:1  targets.json");
        Volume("two", "a:2");
        File.CreateSymbolicLink(Path.Combine(_folder, "..data_tmp"), "two");
        // rename(2), which .NET does not offer for a link to a folder.
        using var move = Process.Start("mv", ["-T", Path.Combine(_folder, "..data_tmp"), Path.Combine(_folder, "..data")]);
        await move.WaitForExitAsync(TestContext.Current.CancellationToken);
        await ExpectAsync(seen, "a:2  targets.json");
    }

    [Fact]
    public async Task FolderThatComesLater_IsReadAndWatchedFromTheNextRefreshOn()
    {
        var (seen, subscription) = Subscribe("later/*.json");
        using var ending = subscription;
        await ExpectAsync(seen, "");
        Directory.CreateDirectory(Path.Combine(_folder, "later"));
        Write("later/a.json", """[{"targets": ["a:1"]}]""");
        _time.Advance(TimeSpan.FromMinutes(5));
        await ExpectAsync(seen, "a:1  a.json");
        Replace("later/a.json", """[{"targets": ["a:2"]}]""");
        await ExpectAsync(seen, "a:2  a.json");
    }

    [Theory]
    [InlineData("*.yml", "a.yml b1.yml b2.yml .h.yml")]
    [InlineData("b?.yml", "b1.yml b2.yml")]
    [InlineData("b[12].yml", "b1.yml b2.yml")]
    [InlineData("[^b]*.yml", "a.yml .h.yml")]
    [InlineData("b[2-9].yml", "b2.yml")]
    [InlineData("a.yml", "a.yml")]
    [InlineData("\\a.yml", "a.yml")]
    [InlineData("*1*.yml", "b1.yml")]
    [InlineData("s[u]b/*.yml", "c.yml")]
    [InlineData("none/*.yml", "")]
    [InlineData("A.yml", "")]
    public void Pattern_AsGosGlob(string pattern, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        foreach (string file in (string[])["a.yml", "b1.yml", "b2.yml", ".h.yml", "a.json", "sub/c.yml"]) Write(file, "");
        var found = FilePattern.Expand($"{_folder}/{pattern}").Select(Path.GetFileName);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OpenClass_IsNoPattern() => Assert.Throws<FormatException>(() => FilePattern.Expand($"{_folder}/b[1.yml"));

    private (System.Threading.Channels.Channel<string> Seen, IDisposable Subscription) Subscribe(string pattern)
    {
        _provider = new FileProvider(new FileSdConfig { Files = [Path.Combine(_folder, pattern)] }, _context.For(_time));
        var seen = System.Threading.Channels.Channel.CreateUnbounded<string>();
        return (seen, _provider.Groups.Subscribe(groups => seen.Writer.TryWrite(string.Join(", ", groups.Select(Shown)))));
    }

    private void Volume(string name, string target)
    {
        Directory.CreateDirectory(Path.Combine(_folder, name));
        Write($"{name}/targets.json", $$"""[{"targets": ["{{target}}"]}]""");
    }

    private static async Task ExpectAsync(System.Threading.Channels.Channel<string> seen, string expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await seen.Reader.ReadAsync(patience.Token) != expected)
        {
            // A write is several events; only the state it leads to matters.
        }
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);

    private void Replace(string name, string content)
    {
        string temporary = Path.Combine(_folder, name + ".tmp");
        File.WriteAllText(temporary, content);
        File.Move(temporary, Path.Combine(_folder, name), overwrite: true);
    }

    private static string Shown(TargetGroup group) =>
        $"{string.Join(' ', group.Targets.Select(t => t["__address__"]))} {group.Labels.GetValueOrDefault("env")} {Path.GetFileName(group.Labels["__meta_filepath"])}";
}
