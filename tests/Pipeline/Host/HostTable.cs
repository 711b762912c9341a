using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>One collector over a made machine.</summary>
internal static class HostTable
{
    /// <summary>What the collector gave, sorted, and in front whether it succeeded.</summary>
    public static async Task<List<string>> RunAsync(HostFolder machine, HostCollector collector, HostCollectorConfig? config = null)
    {
        await using var bench = new HostBench(machine, config, collector);
        await bench.StartAsync();
        var samples = bench.Store.Samples().Where(s => s.StartsWith("node_", StringComparison.Ordinal)).ToList();
        string success = samples.Single(s => s.StartsWith("node_scrape_collector_success", StringComparison.Ordinal));
        return [$"success {success[^1]}", .. samples.Where(s => !s.StartsWith("node_scrape_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Fails unless the collector gives exactly these lines.</summary>
    public static async Task AssertAsync(HostCollector collector, string machine, string expected, HostCollectorConfig? config = null)
    {
        using var folder = new HostFolder().Fill(machine);
        var found = await RunAsync(folder, collector, config);
        Assert.Equal(expected.ReplaceLineEndings("\n").Replace("SYS", folder.Sys, StringComparison.Ordinal), string.Join('\n', found));
    }
}
