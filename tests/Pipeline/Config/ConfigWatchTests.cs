using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Config;

/// <summary>Which files an automatic reload looks after, and when.</summary>
public sealed class ConfigWatchTests : IDisposable
{
    private const string Main = """
        rule_files: ['rules/*.yml', 'more[12]/x?.yml']
        scrape_config_files: ['jobs/*.yml']
        rules: {files: ['live/*.yml']}
        alertmanager: {route: {receiver: log}, receivers: [{name: log}], templates: ['t/*.tmpl']}
        pipelines: {p: {sources: [{host: {labels: {a: '${file:name}'}}}]}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-watch-").FullName;

    public ConfigWatchTests()
    {
        Write("pipeline.yaml", Main);
        Write("rules/a.yml", "groups: []");
        Write("live/a.yml", "groups: []");
        Write("jobs/j.yml", "scrape_configs: [{job_name: j}]");
        Write("name", "log");
        Write("t/a.tmpl", "{{ define \"a\" }}{{ end }}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pipeline.yaml", Main + "\nlimits: {}")]
    [InlineData("rules/a.yml", "groups: [{name: a, rules: [{record: other, expr: '1'}]}]")]
    [InlineData("rules/b.yml", "groups: []")]
    [InlineData("rules/a.yml", null)]
    [InlineData("more1/xy.yml", "groups: []")]
    [InlineData("live/b.yml", "groups: []")]
    [InlineData("jobs/j.yml", "scrape_configs: [{job_name: j, scrape_interval: 9s}]")]
    [InlineData("jobs/k.yml", "scrape_configs: []")]
    [InlineData("name", "other")]
    [InlineData("t/a.tmpl", "{{ define \"b\" }}{{ end }}")]
    [InlineData("t/b.tmpl", "")]
    public void FileOfTheConfiguration_IsWatched(string file, string? text)
    {
        var sources = Sources();
        Assert.False(sources.HaveChanged());
        if (text is null) File.Delete(Path.Combine(_folder, file));
        else Write(file, text);
        Assert.True(sources.HaveChanged());
        Assert.False(Sources().HaveChanged());
    }

    [Fact]
    public void FileThatIsNoText_IsNoChangeUntilItChanges()
    {
        File.WriteAllBytes(Path.Combine(_folder, "name"), [0xef, 0xbb, 0xbf, 0xff, 0x80, 0]);
        var sources = Sources();
        Assert.False(sources.HaveChanged());
        File.WriteAllBytes(Path.Combine(_folder, "name"), [0xef, 0xbb, 0xbf, 0xff, 0x80, 1]);
        Assert.True(sources.HaveChanged());
    }

    [Theory]
    [InlineData("rules/notes.txt", "x")]
    [InlineData("other/a.yml", "x")]
    [InlineData("more3/xy.yml", "groups: []")]
    [InlineData("pipeline.yaml", Main)]
    public void OtherFilesAndEqualContents_AreNoChange(string file, string text)
    {
        var sources = Sources();
        Write(file, text);
        Assert.False(sources.HaveChanged());
    }

    [Fact]
    public async Task Watch_ReloadsWhenSomethingChanged_AndTriesAgainAfterAnError()
    {
        using var stop = new CancellationTokenSource();
        var clock = new ManualTimeProvider();
        var time = new SteppedTime(clock);
        var (changed, reloads, error) = (false, new List<DateTimeOffset>(), (Exception?)null);
        var began = clock.GetUtcNow();
        var watch = new ConfigWatch(TimeSpan.FromSeconds(30), time, () => changed, () =>
        {
            reloads.Add(clock.GetUtcNow());
            return error is null ? Task.CompletedTask : Task.FromException(error);
        }, NullLogger.Instance).RunAsync(stop.Token);
        await time.ArmedAsync();
        await time.StepAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(reloads);
        (changed, error) = (true, new ConfigException([]));
        await time.StepAsync(TimeSpan.FromSeconds(30));
        error = new IOException("x");
        await time.StepAsync(TimeSpan.FromSeconds(30));
        error = null;
        await time.StepAsync(TimeSpan.FromSeconds(30));
        changed = false;
        await time.StepAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([60, 90, 120], reloads.Select(r => (r - began).TotalSeconds));
        await stop.CancelAsync();
        await watch;
    }

    [Fact]
    public async Task Interval_IsASecondAtLeast()
    {
        using var stop = new CancellationTokenSource();
        var clock = new ManualTimeProvider();
        var time = new SteppedTime(clock);
        int reloads = 0;
        var watch = new ConfigWatch(TimeSpan.FromMilliseconds(1), time, () => true, () => Task.FromResult(reloads++), NullLogger.Instance).RunAsync(stop.Token);
        await time.ArmedAsync();
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, reloads);
        await time.StepAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, reloads);
        await stop.CancelAsync();
        await watch;
    }

    private ConfigSources Sources()
    {
        var loaded = ConfigLoader.Load(Path.Combine(_folder, "pipeline.yaml"));
        Assert.Empty(loaded.Errors);
        return loaded.Config!.Sources;
    }

    private void Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
