using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd;

/// <summary>Commands and their exit codes, as a shell sees them.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task CheckConfig_TwoMistakes_BothNamedWithPlace_Exit2()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("bad.yaml", "global:\n  scrape_intervall: 5s\npipelines:\n  hosts:\n    sources: [{hots: {}}]\n");
        var (exit, output) = await RunAsync("check", "config", file);
        Assert.Equal(2, exit);
        Assert.Contains("bad.yaml:2:3", output, StringComparison.Ordinal);
        Assert.Contains("did you mean \"scrape_interval\"", output, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:5:", output, StringComparison.Ordinal);
        Assert.Contains("did you mean \"host\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BadConfig_Exit2()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("bad.yaml", "rules: {groups: [{name: g, rules: [{alert: A, expr: 'sum('}]}]}\n");
        var (exit, output) = await RunAsync("run", "--config.file", file, "--storage.tsdb.path", folder.Path + "/data", "--web.listen-address=127.0.0.1:0");
        Assert.Equal(2, exit);
        Assert.Contains("bad.yaml:1:", output, StringComparison.Ordinal);
        Assert.Contains("parse error", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortInUse_OneLine_Exit1()
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = listener.LocalEndpoint.ToString()!;
        var (exit, output) = await RunAsync("--config.file=" + folder.File("p.yaml", ""), "--storage.tsdb.path=" + folder.Path + "/data", "--web.listen-address=" + address);
        Assert.Equal(1, exit);
        Assert.Contains(address, Assert.Single(output.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--web.max-connections=0")]
    [InlineData("--web.read-timeout=0s")]
    [InlineData("--web.listen-address=nowhere")]
    [InlineData("--storage.tsdb.wal-segment-size=10GB")]
    [InlineData("--storage.tsdb.min-block-duration=0s")]
    [InlineData("--query.max-concurrency=-1")]
    public async Task Run_ValueOutOfRange_OneLineWithTheFlag_Exit1(string flag)
    {
        using var folder = new TemporaryFolder();
        var (exit, output) = await RunAsync("--config.file=" + folder.File("p.yaml", ""), "--storage.tsdb.path=" + folder.Path + "/data", flag);
        Assert.Equal(1, exit);
        Assert.StartsWith("streamline: " + flag.Split('=')[0], Assert.Single(output.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no flag --web.listen-addres (did you mean --web.listen-address?)", "streamline run --help", "--web.listen-addres=:1")]
    [InlineData("there is no command chek (did you mean check?)", "streamline --help", "chek", "config", "p.yaml", "--fast")]
    [InlineData("there is no command rule (did you mean rules?)", "streamline check --help", "check", "rule")]
    [InlineData("there is no flag --steps (did you mean --step?)", "streamline query range --help", "query", "range", "http://h", "up", "--steps", "1s")]
    [InlineData("Required argument 'expr' missing for command: 'instant'.", "streamline query instant --help", "query", "instant", "http://h")]
    public async Task WrongWords_ToldWithTheNearestAndWhereToLook_Exit1(string fault, string help, params string[] arguments)
    {
        var (exit, output) = await RunAsync(arguments);
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal((1, 2, $"streamline: {fault}", $"streamline: see {help}"), (exit, lines.Length, lines[0], lines[^1]));
    }

    [Fact]
    public async Task Run_SwitchWithAWord_OneLine_Exit1()
    {
        Assert.Equal((1, "streamline: --web.enable-lifecycle: \"maybe\" is neither true nor false\n"), await RunAsync("--web.enable-lifecycle=maybe"));
    }

    [Fact]
    public async Task Run_DataDirectoryCannotBeMade_OneLineWithTheFlag_Exit1()
    {
        using var folder = new TemporaryFolder();
        string config = folder.File("p.yaml", "");
        var (exit, output) = await RunAsync("--config.file=" + config, "--storage.tsdb.path=" + config + "/data", "--web.listen-address=127.0.0.1:0");
        Assert.Equal(1, exit);
        string line = Assert.Single(output.TrimEnd().Split('\n'));
        Assert.StartsWith($"streamline: data directory {config}/data cannot be used: ", line, StringComparison.Ordinal);
        Assert.EndsWith("choose another with --storage.tsdb.path", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:9090", "is not an address")]
    [InlineData("http://127.0.0.1:1", "refused")]
    public async Task Query_WrongServer_OneLine_Exit1(string server, string reason)
    {
        var (exit, output) = await RunAsync("query", "instant", server, "up");
        Assert.Equal(1, exit);
        Assert.Contains(reason, Assert.Single(output.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_RefusesWhatRunRefuses()
    {
        using var folder = new TemporaryFolder();
        var (exit, output) = await RunAsync("check", "config", folder.File("p.yaml", "sinks:\n  s: {remote_write: {url: 'http://127.0.0.1:1'}}\n"));
        Assert.Equal(2, exit);
        Assert.Contains("sink \"remote_write\" is not built yet", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckMetrics_ReadsStandardInput()
    {
        Assert.Equal((0, "stdin: OpenMetrics, 0 series, valid\n"), await RunAsync("# EOF\n", ["check", "metrics"]));
        var (exit, output) = await RunAsync("# TYPE jobs counter\njobs_total -1\n# EOF\n", ["check", "metrics", "-"]);
        Assert.Equal(1, exit);
        Assert.Contains("stdin:2:12: error: a counter is never negative", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DataDirectoryInUse_OneLine_Exit1()
    {
        using var folder = new TemporaryFolder();
        string config = folder.File("p.yaml", ""), data = Path.Combine(folder.Path, "data");
        await using var first = await ServerProcess.StartAsync(config, data);
        var (exit, output) = await RunAsync("--config.file=" + config, "--storage.tsdb.path=" + data, "--web.listen-address=127.0.0.1:0");
        Assert.Equal(1, exit);
        Assert.Contains(data, Assert.Single(output.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PrometheusFlags_AreTaken()
    {
        using var folder = new TemporaryFolder();
        string flags = folder.File("flags", "--storage.tsdb.retention.time=1d\n--no-scrape.adjust-timestamps\n");
        await using var server = await ServerProcess.StartAsync(folder.File("p.yml", ""), Path.Combine(folder.Path, "data"), "@" + flags, "--web.enable-admin-api", "--web.console.templates", "x", "--query.timeout=30s", "--enable-feature=exemplar-storag");
        var values = await server.DataAsync("/api/v1/status/flags");
        Assert.Equal("1d", values.GetProperty("storage.tsdb.retention.time").GetString());
        Assert.EndsWith("/p.yml", values.GetProperty("config.file").GetString(), StringComparison.Ordinal);
        Assert.Equal("false", values.GetProperty("scrape.adjust-timestamps").GetString());
        Assert.Contains("--web.console.templates is accepted but has no effect yet", server.Log, StringComparison.Ordinal);
        Assert.Contains("""--enable-feature: there is no feature \"exemplar-storag\" (did you mean \"exemplar-storage\"?)""", server.Log, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Run_Sighup_Reloads()
    {
        using var folder = new TemporaryFolder();
        string config = folder.File("p.yml", "");
        await using var server = await ServerProcess.StartAsync(config, Path.Combine(folder.Path, "data"));
        await File.WriteAllTextAsync(config, "rules: {groups: [{name: fresh, rules: [{record: one, expr: vector(1)}]}]}\n");
        await server.SignalAsync("HUP");
        await Eventually.GetAsync(async () => (await server.DataAsync("/api/v1/rules")).GetProperty("groups").GetArrayLength(), n => n == 1, "the new rule group");
    }

    [Theory]
    [InlineData("--config.auto-reload")]
    [InlineData("--enable-feature=auto-reload-config")]
    public async Task Run_AutoReload_TakesAChangedRuleFile(string flag)
    {
        using var folder = new TemporaryFolder();
        string config = folder.File("p.yml", "rule_files: [r.yml]\n"), rules = folder.File("r.yml", "groups: []\n");
        await using var server = await ServerProcess.StartAsync(config, Path.Combine(folder.Path, "data"), flag, "--config.auto-reload-interval=1s");
        await File.WriteAllTextAsync(rules, "groups: [{name: fresh, rules: [{record: one, expr: vector(1)}]}]\n");
        await Eventually.GetAsync(async () => (await server.DataAsync("/api/v1/rules")).GetProperty("groups").GetArrayLength(), n => n == 1, "the new rule group");
        await File.WriteAllTextAsync(rules, "groups: [{name: fresh, rules: [{record: one, expr: 'sum('}]}]\n");
        await Eventually.GetAsync(() => Task.FromResult(server.Log), log => log.Contains("r.yml:1:", StringComparison.Ordinal), "the error of the bad rule file");
        Assert.Equal(1, (await server.DataAsync("/api/v1/rules")).GetProperty("groups").GetArrayLength());
    }

    [Fact]
    public async Task Run_SighupWhileStarting_WaitsForTheStart()
    {
        using var folder = new TemporaryFolder();
        string config = folder.File("p.yml", "");
        // The line about the flag is printed before the data directory is opened.
        await using var server = ServerProcess.Begin(config, Path.Combine(folder.Path, "data"), "--web.console.templates", "x");
        await Eventually.GetAsync(() => Task.FromResult(server.Log), log => log.Contains("has no effect", StringComparison.Ordinal), "the first line");
        await server.SignalAsync("HUP");
        await server.ReadyAsync();
        await Eventually.GetAsync(() => Task.FromResult(server.Log), log => log.Contains($"{config} taken", StringComparison.Ordinal), "the line of the reload");
        Assert.Equal(0, await server.StopAsync());
    }

    [Theory]
    [InlineData("mermaid", "flowchart LR", "hosts_host_1 --> hosts_limit_0")]
    [InlineData("dot", "digraph streamline", "\"hosts/host/1\" -> \"hosts/limit/0\"")]
    public async Task Graph_DefaultPipeline(string format, string head, string arrow)
    {
        var (exit, output) = await RunAsync("graph", Path.Combine(ProjectFolder.Root, "pipeline.yaml"), "--format", format);
        Assert.Equal(0, exit);
        Assert.StartsWith(head, output, StringComparison.Ordinal);
        Assert.Contains(arrow, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_RunningServer_Answers()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yml", ""), Path.Combine(folder.Path, "data"));
        var (exit, output) = await RunAsync("query", "instant", server.Url.ToString(), "vector(2) * 21");
        Assert.Equal(0, exit);
        Assert.StartsWith("{} => 42 @[", output, StringComparison.Ordinal);
        (exit, output) = await RunAsync("query", "range", server.Url.ToString(), "vector(3)", "--start=0", "--end=60", "--step=1m");
        Assert.Equal(0, exit);
        Assert.Contains("3 @[60]", output, StringComparison.Ordinal);
        (exit, output) = await RunAsync("query", "instant", server.Url.ToString(), "sum(");
        Assert.Equal(1, exit);
        Assert.Contains("parse error", output, StringComparison.Ordinal);
    }

    private static Task<(int Exit, string Output)> RunAsync(params string[] arguments) => RunAsync("", arguments);

    private static async Task<(int Exit, string Output)> RunAsync(string input, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(ProjectFolder.Executable, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return (process.ExitCode, await output + await error);
    }
}
