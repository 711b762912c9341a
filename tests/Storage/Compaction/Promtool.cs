using System.Diagnostics;

namespace Streamline.Storage.Tests.Compaction;

/// <summary>Prometheus's own tool, as Debian ships it.</summary>
internal static class Promtool
{
    private const string Program = "/usr/bin/promtool";

    /// <summary>One line a sample, <c>{labels} value timestamp</c>, over blocks and log.</summary>
    public static List<string> Dump(string directory) => [.. Run("tsdb", "dump", directory).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>The tool's output; skips the test when it is not installed.</summary>
    public static string Run(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Program), "promtool (Debian package prometheus) is not installed");
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output;
    }
}
