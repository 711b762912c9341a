using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd.Senders;

/// <summary><c>promtool push metrics</c>, which Prometheus has since 2.46.</summary>
public sealed class PromtoolTests
{
    private const string Program = "/usr/bin/promtool";

    [Fact]
    public async Task PushMetrics_IsStored()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's prometheus is not installed");
        Assert.SkipUnless((await ClientProcess.RunAsync(Program, "--help")).Contains("push metrics", StringComparison.Ordinal), "this version's promtool cannot push");
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yaml", ""), Path.Combine(folder.Path, "data"), "--web.enable-remote-write-receiver");
        string metrics = folder.File("m.txt", "# TYPE pushed_total counter\npushed_total{a=\"1\"} 5\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n");
        await ClientProcess.RunAsync(Program, "push", "metrics", "--label=origin=here", server.Url + "api/v1/write", metrics);
        Assert.Equal(5, await server.NumberAsync("pushed_total{a='1',origin='here',job='promtool'}"));
        Assert.Equal(2, await server.NumberAsync("h_bucket{le='+Inf'}"));
    }
}
