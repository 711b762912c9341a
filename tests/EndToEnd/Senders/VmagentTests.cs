using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd.Senders;

/// <summary>Debian's vmagent scrapes a target and writes on to the built program.</summary>
public sealed class VmagentTests
{
    private const string Program = "/usr/bin/vmagent";

    [Fact]
    public async Task RemoteWrite_ThroughAKill_HoldsEveryScrape()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's victoria-metrics is not installed");
        using var folder = new TemporaryFolder();
        string ours = Ports.FreeAddress(), config = folder.File("p.yaml", ""), data = Path.Combine(folder.Path, "data");
        await using var exporter = await Exporter.StartAsync(("/metrics", "text/plain; version=0.0.4", n => Encoding.UTF8.GetBytes($"# TYPE seq_total counter\nseq_total{{path=\"/a b\"}} {n}\ntenth {(n / 10.0).ToString(CultureInfo.InvariantCulture)}\n")));
        string scrape = folder.File("scrape.yml", $$"""
            global: {scrape_interval: 1s}
            scrape_configs: [{job_name: target, static_configs: [{targets: ['{{exporter.Address}}']}]}]
            """);
        await using var vmagent = ClientProcess.Start(Program, "-promscrape.config=" + scrape, $"-remoteWrite.url=http://{ours}/api/v1/write", "-remoteWrite.flushInterval=200ms", "-remoteWrite.queues=1", "-remoteWrite.tmpDataPath=" + Path.Combine(folder.Path, "queue"), "-httpListenAddr=" + Ports.FreeAddress());
        await using (var server = await ServerProcess.StartAtAsync(ours, config, data, "--web.enable-remote-write-receiver"))
        {
            await Eventually.GetAsync(() => server.NumberAsync("count_over_time(seq_total[1h])"), n => n >= 3, "three scrapes");
            await server.KillAsync();
        }
        await using var again = await ServerProcess.StartAtAsync(ours, config, data, "--web.enable-remote-write-receiver");
        double before = await again.NumberAsync("max_over_time(seq_total[1h])");
        await Eventually.GetAsync(() => again.NumberAsync("max_over_time(seq_total[1h])"), n => n >= before + 3, "scrapes after the kill");
        // Scrapes are numbered from 1: as many are there as the last one says.
        await Eventually.GetAsync(() => again.NumberAsync("max_over_time(seq_total[1h]) - count_over_time(seq_total[1h])"), missing => missing == 0, "every scrape");
        Assert.Equal(1, await again.NumberAsync("seq_total{path=\"/a b\",job=\"target\"} == bool on (job, instance) 10 * tenth"));
        Assert.DoesNotContain("dropping", vmagent.Log, StringComparison.Ordinal);
    }

    // Versions of vmagent since 1.88 ask for VictoriaMetrics's own protocol first, or send zstd at once, and fall back when the answer is a refusal as Prometheus's.
    [Fact]
    public async Task OwnProtocol_IsRefused_SoThatSnappyIsSent()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yaml", ""), Path.Combine(folder.Path, "data"), "--web.enable-remote-write-receiver");
        using (var asked = await server.GetAsync("/api/v1/write?get_vm_proto_version=1")) Assert.Equal(HttpStatusCode.MethodNotAllowed, asked.StatusCode);
        using var packed = new ByteArrayContent([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0, 1, 0, 0, 0x99, 0xe9, 0xd8, 0x51]) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf"), ContentEncoding = { "zstd" } } };
        using var sent = await server.SendAsync(HttpMethod.Post, "/api/v1/write", packed);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, sent.StatusCode);
    }
}
