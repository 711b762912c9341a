using System.Buffers.Text;
using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>How collectors write series and labels. Hot path: allocates nothing.</summary>
internal static class HostSeries
{
    public static SeriesWriter Series(this SeriesWriter writer, HostFamily family) => writer.Series(family.Utf8Name);

    public static SeriesWriter Label(this SeriesWriter writer, ReadOnlySpan<byte> name, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        return writer.Label(name, digits[..length]);
    }

    /// <summary>A label whose value is the text of a file, trimmed; without the file there is no label.</summary>
    public static SeriesWriter LabelOf(this SeriesWriter writer, ReadOnlySpan<byte> name, HostFiles files, string sysFile) =>
        files.TrySysText(sysFile, out var text) ? writer.Label(name, text) : writer;

    /// <summary>A sample whose value is the number in a file; without the file or the number there is none.</summary>
    public static void ValueOf(this SeriesWriter writer, HostFamily family, ReadOnlySpan<byte> label, string value, double number)
    {
        if (!double.IsNaN(number)) writer.Series(family).Label(label, value).Value(number);
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
