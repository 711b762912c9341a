using System.Diagnostics;
using System.Globalization;
using Streamline.EndToEnd.Running;
using Streamline.Tests.Shared;

namespace Streamline.EndToEnd.Lake;

/// <summary><c>streamline lake export</c> of the built program, read by DuckDB.</summary>
public sealed class LakeCommandTests
{
    [Fact]
    public async Task Export_BesideTheRunningServer_HoldsWhatPromqlCounts()
    {
        Assert.SkipUnless(DuckDb.IsInstalled, DuckDb.Reason);
        using var folder = new TemporaryFolder();
        string data = Path.Combine(folder.Path, "data"), lake = Path.Combine(folder.Path, "lake");
        await using var server = await ServerProcess.StartAsync(folder.File("p.yaml", "pipelines: {pushed: {sources: [{push: {interval: 1s}}]}}\n"), data);
        using (var reply = await server.SendAsync(HttpMethod.Put, "/metrics/job/batch", new StringContent("m{k=\"nan\"} NaN\nm{k=\"up\"} +Inf\nm{k=\"down\"} -Inf\nm{k=\"one\"} 1\n")))
            Assert.True(reply.IsSuccessStatusCode);
        await Eventually.GetAsync(() => server.NumberAsync("count_over_time(m{k=\"one\"}[1h])"), count => count >= 3, "three rounds of the push");
        using var export = Process.Start(new ProcessStartInfo(ProjectFolder.Executable, ["lake", "export", "--storage.tsdb.path", data, "--to", lake]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true })!;
        await export.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Assert.Equal(0, export.ExitCode);
        string Sql(string columns) => $"SELECT {columns} FROM read_parquet('{lake}/samples/**/*.parquet') WHERE name = 'm'";
        // The server has gone on since: both are asked up to the last sample exported.
        double last = double.Parse(Assert.Single(DuckDb.Query(Sql("epoch_ms(max(ts))"))), CultureInfo.InvariantCulture) / 1000;
        double count = await server.NumberAsync("count_over_time(m{k=\"one\"}[1h])", last);
        Assert.Equal([$"{4 * count} {count} {count} {count} {count}"], DuckDb.Query(Sql("count(*), count(*) FILTER (isnan(value)), count(*) FILTER (value = 'inf'), count(*) FILTER (value = '-inf'), (sum(value) FILTER (isfinite(value)))::BIGINT")));
    }
}
