using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A program that a kubeconfig file names to fetch credentials, as those of cloud providers are. It prints an ExecCredential.</summary>
/// <param name="Command">A path, or a name that is looked for in PATH.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Variables">Its environment, beside ours.</param>
/// <param name="ApiVersion">The version of the ExecCredential that it is asked for.</param>
/// <param name="Cluster">What it is told of the cluster, or null.</param>
internal sealed record ExecPlugin(string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables, string ApiVersion, JsonObject? Cluster)
{
    // A token and a certificate chain; what is more is no credential.
    private const int MaxAnswerChars = 1 << 20;
    private const int ShownErrorChars = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs the program.</summary>
    /// <exception cref="InvalidDataException">It failed, or printed no credential.</exception>
    public async Task<ExecCredential> RunAsync(TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var error = ReadAsync(process.StandardError, either.Token);
            string answer = await ReadAsync(process.StandardOutput, either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            if (process.ExitCode != 0) throw Failed($"it exited with {process.ExitCode}: {Shortened(await error.ConfigureAwait(false))}");
            return Read(answer);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed($"no answer within {Patience.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Command, Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        var spec = new JsonObject { ["interactive"] = false };
        if (Cluster is not null) spec["cluster"] = Cluster.DeepClone();
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec }.ToJsonString();
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw Failed(error.Message);
        }
    }

    private async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            if (text.Length + read > MaxAnswerChars) throw Failed("it printed more than 1 MiB");
            text.Append(buffer, 0, read);
        }
        return text.ToString();
    }

    private ExecCredential Read(string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var status = document.RootElement.GetProperty("status");
            string Text(string name) => status.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
            string expires = Text("expirationTimestamp");
            var credential = new ExecCredential(Text("token"), Text("clientCertificateData"), Text("clientKeyData"), expires.Length == 0 ? null : status.GetProperty("expirationTimestamp").GetDateTimeOffset());
            return credential is { Token.Length: 0, Certificate.Length: 0 } ? throw Failed("its credential is empty") : credential;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Failed("it printed no ExecCredential");
        }
    }

    private InvalidDataException Failed(string reason) => new($"the credential plugin {Command}: {reason}");

    private static string Shortened(string text) => text.Trim() is { Length: > ShownErrorChars } lengthy ? lengthy[..ShownErrorChars] : text.Trim();
}
