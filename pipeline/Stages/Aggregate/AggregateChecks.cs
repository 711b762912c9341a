using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Stages;

/// <summary>What an aggregate stage asks of its configuration beyond its shape.</summary>
internal static class AggregateChecks
{
    public static void CheckOutputs(AggregateStageConfig config, ConfigErrors errors)
    {
        if (config.Outputs.Count == 0 && !config.Origin.Failed.Contains("outputs")) errors.Add(config, "outputs", "needs at least one output");
        foreach (string output in config.Outputs.Where(o => !AggregateOutputs.Names.Contains(o)))
            errors.Add(config, "outputs", $"unknown output \"{output}\"; there are {string.Join(", ", AggregateOutputs.Names)}");
        foreach (var twice in config.Outputs.GroupBy(o => o).Where(g => g.Count() > 1)) errors.Add(config, "outputs", $"output \"{twice.Key}\" stands twice");
        if (config.Interval > TimeSpan.Zero && config.Interval < TimeSpan.FromMilliseconds(1)) errors.Add(config, "interval", "must be a millisecond at least");
    }
}
