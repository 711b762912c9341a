using System.Buffers;
using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>Writes text 0.0.4.</summary>
internal sealed class ExpositionWriter(IBufferWriter<byte> target) : IMetricSink
{
    /// <summary>The Content-Type of what it writes.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private string _name = "";

    /// <inheritdoc/>
    public void Family(string name, MetricType type, string help)
    {
        _name = name;
        if (help.Length > 0) Write($"# HELP {name} {help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
        Write($"# TYPE {name} {(type == MetricType.Unknown ? "untyped" : type.Name())}\n");
    }

    /// <inheritdoc/>
    public void Sample(string suffix, ReadOnlySpan<KeyValuePair<string, object?>> labels, double value, double? le = null)
    {
        Write(_name);
        Write(suffix);
        if (labels.Length > 0 || le is not null) WriteLabels(labels, le);
        Write(" ");
        WriteNumber(value);
        Write("\n");
    }

    private void WriteLabels(ReadOnlySpan<KeyValuePair<string, object?>> labels, double? le)
    {
        char separator = '{';
        foreach (var (name, label) in labels)
        {
            Write($"{separator}{name}=\"{Escape(Convert.ToString(label, CultureInfo.InvariantCulture) ?? "")}\"");
            separator = ',';
        }
        if (le is { } bound)
        {
            Write($"{separator}le=\"");
            WriteNumber(bound);
            Write("\"");
        }
        Write("}");
    }

    private static string Escape(string text) => text.AsSpan().IndexOfAny('\\', '"', '\n') < 0
        ? text
        : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private void WriteNumber(double value)
    {
        var span = target.GetSpan(FloatText.MaxBytes);
        target.Advance(FloatText.WriteGeneral(value, span));
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, target);
}
