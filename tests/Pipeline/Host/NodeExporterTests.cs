using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>The real node_exporter on this machine is the judge of names, types, labels and of values that stand still.</summary>
public sealed class NodeExporterTests
{
    private const string Program = "/usr/bin/prometheus-node-exporter";

    // Debian's build leaves more out than node_exporter itself does.
    private const string Defaults = "--collector.netdev.device-exclude= --collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)";

    private static readonly string[] Constants =
    [
        "node_boot_time_seconds", "node_filefd_maximum", "node_filesystem_size_bytes", "node_filesystem_files", "node_filesystem_readonly", "node_filesystem_device_error",
        "node_memory_MemTotal_bytes", "node_memory_SwapTotal_bytes", "node_memory_HugePages_Total", "node_memory_Hugepagesize_bytes", "node_memory_VmallocTotal_bytes",
        "node_network_up", "node_uname_info",
    ];

    [Fact]
    public async Task Families_AreNodeExporters()
    {
        Assert.SkipUnless(File.Exists(Program), "prometheus-node-exporter is not installed");
        var theirs = await AskAsync();
        await using var bench = new HostBench("/proc", "/sys");
        await bench.StartAsync();
        var ours = StoredText.Read(bench.Store.Store).ToLookup(s => s.Labels.Get("__name__"));
        var types = bench.Source.Families.ToDictionary(f => f.Name, f => f.Type);
        var problems = new List<string>();
        foreach (var family in ours.Where(f => f.Key.StartsWith("node_", StringComparison.Ordinal) && !f.Key.StartsWith("node_scrape_", StringComparison.Ordinal)))
        {
            if (!theirs.Types.TryGetValue(family.Key, out string? type)) problems.Add($"{family.Key}: node_exporter has no such family");
            else if (types[family.Key] != type) problems.Add($"{family.Key}: {types[family.Key]}, theirs is {type}");
            var mine = family.ToDictionary(s => s.Labels.ToString(), s => s.Values[0]);
            var other = theirs.Series.Where(s => s.Labels.Get("__name__") == family.Key).ToDictionary(s => s.Labels.ToString(), s => s.Value);
            problems.AddRange(mine.Keys.Except(other.Keys).Select(k => $"only ours: {k}"));
            problems.AddRange(other.Keys.Except(mine.Keys).Select(k => $"only theirs: {k}"));
            if (Constants.Contains(family.Key)) problems.AddRange(mine.Where(m => other.TryGetValue(m.Key, out double v) && v != m.Value).Select(m => $"{m.Key}: {m.Value}, theirs is {other[m.Key]}"));
        }
        Assert.True(problems.Count == 0, string.Join("\n", problems));
        Assert.True(ours.Count > 60, $"{ours.Count} families");
        Assert.All(Constants, c => Assert.True(ours.Contains(c), c));
    }

    private static async Task<(Dictionary<string, string> Types, List<(Labels Labels, double Value)> Series)> AskAsync()
    {
        using var process = Process.Start(new ProcessStartInfo(Program, $"--web.listen-address=127.0.0.1:{FreePort(out int port)} {Defaults}") { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            using var client = new HttpClient();
            byte[] text = await RetryAsync(() => client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{port}/metrics")));
            return Read(text);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static int FreePort(out int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<byte[]> RetryAsync(Func<Task<byte[]>> ask)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException) when (attempt < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    private static (Dictionary<string, string> Types, List<(Labels Labels, double Value)> Series) Read(byte[] text)
    {
        var types = new Dictionary<string, string>();
        foreach (string line in System.Text.Encoding.UTF8.GetString(text).Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal))) types[line.Split(' ')[2]] = line.Split(' ')[3];
        var series = new List<(Labels, double)>();
        var labels = new LabelsBuilder();
        var reader = new ExpositionReader(text, ExpositionFormat.Text);
        for (var found = reader.Next(); found != ExpositionEvent.End; found = reader.Next())
        {
            Assert.NotEqual(ExpositionEvent.Error, found);
            if (found != ExpositionEvent.Sample) continue;
            Assert.Null(SeriesText.Decode(reader.Series, reader.Type, labels));
            series.Add((labels.Build(), reader.Value));
        }
        return (types, series);
    }
}
