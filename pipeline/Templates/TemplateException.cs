namespace Streamline.Pipeline.Templates;

/// <summary>A template that does not parse or whose expansion failed; the message carries name, line and column as Go's text/template prints them.</summary>
internal sealed class TemplateException(string message, Exception? inner = null) : Exception(message, inner);
