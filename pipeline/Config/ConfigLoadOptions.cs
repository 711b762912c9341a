namespace Streamline.Pipeline;

/// <summary>What a load takes from outside the files.</summary>
public sealed record ConfigLoadOptions
{
    /// <summary>Value of an environment variable, null when it is not set.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Judges the template of an alert's label or annotation: null when it is good, else the reason.</summary>
    public Func<string, string?> CheckTemplate { get; init; } = Templates.TemplateCheck.Error;

    /// <summary>The flag <c>--agent</c>: agent mode even where <c>mode:</c> does not say so.</summary>
    public bool IsAgent { get; init; }
}
