namespace Streamline.Pipeline.Templates;

/// <summary>
/// A label or annotation value of an alerting rule: parsed once, expanded per alert with <c>$labels</c>, <c>$value</c>, <c>$externalLabels</c> and
/// <c>$externalURL</c>. Text without an action is kept as it is.
/// </summary>
internal sealed class AlertTemplate
{
    private static readonly string[] Variables = ["$labels", "$externalLabels", "$externalURL", "$value"];
    private readonly string _text;
    private readonly Template? _template;
    private readonly string? _parseError;

    public AlertTemplate(string alertName, string text)
    {
        _text = text;
        if (!text.Contains("{{", StringComparison.Ordinal)) return;
        try
        {
            _template = Template.Parse("__alert_" + alertName, text, Variables);
        }
        catch (TemplateException error)
        {
            _parseError = $"<error expanding template: error parsing template __alert_{alertName}: {error.Message}>";
        }
    }

    /// <summary>The expanded text; an error becomes the text <c>&lt;error expanding template ...&gt;</c>, never an exception.</summary>
    public string Expand(TemplateData data, TemplateSite site)
    {
        if (_template is null) return _parseError ?? _text;
        try
        {
            return new TemplateRun(_template, site).Expand(data, ("$labels", data.Labels), ("$externalLabels", data.ExternalLabels), ("$externalURL", data.ExternalUrl), ("$value", data.Value));
        }
        catch (TemplateException error)
        {
            return $"<error expanding template: error executing template {_template.Name}: {error.Message}>";
        }
    }

    /// <summary>Why a text does not parse as an alert template, or null.</summary>
    public static string? Check(string text)
    {
        if (!text.Contains("{{", StringComparison.Ordinal)) return null;
        try
        {
            Template.Parse("alert", text, Variables);
            return null;
        }
        catch (TemplateException error)
        {
            return error.Message;
        }
    }
}
