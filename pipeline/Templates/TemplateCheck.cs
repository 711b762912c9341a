namespace Streamline.Pipeline.Templates;

/// <summary>What the configuration loader asks of templates.</summary>
internal static class TemplateCheck
{
    /// <summary>Why a label or annotation of an alerting rule does not parse as a template, or null when it does.</summary>
    public static string? Error(string text) => AlertTemplate.Check(text);
}
