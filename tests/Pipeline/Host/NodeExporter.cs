using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>The node_exporter of this machine, started for a test.</summary>
internal sealed class NodeExporter : IAsyncDisposable
{
    private const string Program = "/usr/bin/prometheus-node-exporter";

    private readonly Process _process;
    private readonly HttpClient _client = new();
    private readonly Uri _metrics;

    private NodeExporter(Process process, int port) => (_process, _metrics) = (process, new Uri($"http://127.0.0.1:{port}/metrics"));

    public static bool IsInstalled => File.Exists(Program);

    /// <summary>What it has answered: types by family, and all series.</summary>
    public sealed record Answer(Dictionary<string, string> Types, List<(Labels Labels, double Value)> Series)
    {
        public ILookup<string, (Labels Labels, double Value)> ByName() => Series.ToLookup(s => s.Labels.Get("__name__"));
    }

    public static NodeExporter Start(params IReadOnlyList<string> flags)
    {
        int port = FreePort();
        var process = Process.Start(new ProcessStartInfo(Program, [$"--web.listen-address=127.0.0.1:{port}", .. flags]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return new NodeExporter(process, port);
    }

    public async Task<Answer> AskAsync()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return Read(await _client.GetByteArrayAsync(_metrics));
            }
            catch (HttpRequestException) when (attempt < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Answer Read(byte[] text)
    {
        var answer = new Answer([], []);
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal)) answer.Types[line.Split(' ')[2]] = line.Split(' ')[3];
        }
        var labels = new LabelsBuilder();
        var reader = new ExpositionReader(text, ExpositionFormat.Text);
        for (var found = reader.Next(); found != ExpositionEvent.End; found = reader.Next())
        {
            Assert.NotEqual(ExpositionEvent.Error, found);
            if (found != ExpositionEvent.Sample) continue;
            Assert.Null(SeriesText.Decode(reader.Series, reader.Type, labels));
            answer.Series.Add((labels.Build(), reader.Value));
        }
        return answer;
    }
}
