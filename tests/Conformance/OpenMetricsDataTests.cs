using System.Text.Json;
using Streamline.Pipeline;

namespace Streamline.Conformance;

/// <summary>The cases of the OpenMetrics repository: each parses or fails under the strict check as its label says.</summary>
public sealed class OpenMetricsDataTests
{
    private const int Known = 211;

    [Fact]
    public void EveryCase_IsJudgedAsLabelled()
    {
        string? folder = ScriptFolders.OpenMetrics();
        if (folder is null)
        {
            Console.WriteLine($"CONFORMANCE NOT MEASURED: {Known} cases of OpenMetrics; no folder shared/conformance/openmetrics beside the project, and STREAMLINE_OPENMETRICS names none");
            Assert.Skip("OpenMetrics's cases are not here");
        }
        string[] cases = Directory.GetDirectories(folder);
        string[] misses = [.. cases.Select(Miss).OfType<string>().Order(StringComparer.Ordinal)];
        Console.WriteLine($"conformance: {cases.Length - misses.Length} of {cases.Length} cases of OpenMetrics as labelled");
        Assert.True(cases.Length >= Known, $"{cases.Length} cases in {folder}, there are {Known}");
        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }

    private static string? Miss(string folder)
    {
        using var label = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "test.json")));
        byte[] body = File.ReadAllBytes(Path.Combine(folder, label.RootElement.GetProperty("file").GetString()!));
        bool should = label.RootElement.GetProperty("shouldParse").GetBoolean();
        var report = ExpositionCheck.Run(body, openMetrics: true);
        if (report.Errors == 0 == should) return null;
        return $"{Path.GetFileName(folder)} should {(should ? "pass" : "fail")}: {string.Join("; ", report.Findings)}";
    }
}
