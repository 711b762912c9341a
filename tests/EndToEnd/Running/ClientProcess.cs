using System.Diagnostics;

namespace Streamline.EndToEnd.Running;

/// <summary>A program written by others, running beside ours: what it prints is kept, and it ends with its test.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClientProcess(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Folder };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _firstLine.TrySetException(new InvalidOperationException($"{program} ended: {Log}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where the scripts of this project and its node_modules stand.</summary>
    public static string Folder { get; } = Path.Combine(ProjectFolder.Root, "tests", "EndToEnd");

    public string Log
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    public static ClientProcess Start(string program, params string[] arguments) => new(program, arguments);

    /// <summary>Runs to the end, which must be a good one; gives what was printed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var client = Start(program, arguments);
        await client._process.WaitForExitAsync(new CancellationTokenSource(Longest).Token);
        Assert.True(client._process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {client._process.ExitCode}: {client.Log}");
        return client.Log;
    }

    /// <summary>The first line that it prints.</summary>
    public Task<string> FirstLineAsync() => _firstLine.Task.WaitAsync(Longest);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
        _firstLine.TrySetResult(line);
    }
}
