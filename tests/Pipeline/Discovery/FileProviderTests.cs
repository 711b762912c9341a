using System.Reactive.Subjects;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery;

public sealed class FileProviderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-sd-").FullName;
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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
    public void BrokenFile_IsRefusedByName(string file, string content)
    {
        Write(file, content);
        Assert.Contains(file, Assert.Throws<FormatException>(() => TargetFile.Read(Path.Combine(_folder, file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_IsNoticed_BrokenKeepsTheOld_GoneTakesItAway()
    {
        Write("a.json", """[{"targets": ["a:1"]}]""");
        var provider = new FileProvider(new FileSdConfig { Files = [Path.Combine(_folder, "*.json")] }, _time, NullLogger.Instance);
        var seen = System.Threading.Channels.Channel.CreateUnbounded<string>();
        using var subscription = provider.Groups.Subscribe(groups => seen.Writer.TryWrite(string.Join(", ", groups.Select(Shown))));
        await ExpectAsync(seen, "a:1  a.json");
        Replace("a.json", """[{"targets": ["a:2"]}]""");
        await ExpectAsync(seen, "a:2  a.json");
        Replace("b.json", "[{");
        Replace("a.json", "[{");
        Write("c.json", """[{"targets": ["c:1"]}]""");
        await ExpectAsync(seen, "a:2  a.json, c:1  c.json");
        File.Delete(Path.Combine(_folder, "a.json"));
        await ExpectAsync(seen, "c:1  c.json");
    }

    [Fact]
    public void Throttled_PassesTheFirstAtOnce_AndTheNewestAtThePeriodsEnd()
    {
        using var source = new Subject<int>();
        var seen = new List<int>();
        using var subscription = source.Throttled(ChangeSets.Period, _time).Subscribe(seen.Add);
        source.OnNext(1);
        source.OnNext(2);
        source.OnNext(3);
        Assert.Equal([1], seen);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([1, 3], seen);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal([1, 3], seen);
        source.OnNext(4);
        Assert.Equal([1, 3, 4], seen);
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
