using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Graph;

/// <summary>A source that runs, with the configuration it was made from: a reload keeps it when identity and configuration are equal.</summary>
internal sealed record RunningSource(string Id, string Pipeline, SourceConfig Config, ISource Source)
{
    /// <summary>Set with the pipeline's chain at start and at each reload.</summary>
    public Edge? Entry { get; set; }
}
