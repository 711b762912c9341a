using System.Buffers;
using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Web.Federation;

/// <summary>Text 0.0.4. Histograms with custom buckets are classic ones in it; others it has no word for.</summary>
internal sealed class FederationText(IBufferWriter<byte> target, NameEscaping escaping) : IFederationWriter
{
    private string _name = "";

    public void Family(string name, FamilyKind kind)
    {
        _name = escaping.Escape(name);
        Write("# TYPE ");
        WriteName(_name);
        Write(kind == FamilyKind.Untyped ? " untyped\n" : " histogram\n");
    }

    public void Sample(in FederatedSample sample, IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        if (sample.Histogram is not { } histogram)
        {
            WriteLine("", labels, null, sample.Value, sample.TimestampMs);
            return;
        }
        foreach (var (bound, below) in ClassicBuckets.Of(histogram)) WriteLine("_bucket", labels, bound, below, sample.TimestampMs);
        WriteLine("_bucket", labels, double.PositiveInfinity, histogram.Count, sample.TimestampMs);
        WriteLine("_sum", labels, null, histogram.Sum, sample.TimestampMs);
        WriteLine("_count", labels, null, histogram.Count, sample.TimestampMs);
    }

    public void End()
    {
    }

    private void WriteLine(string suffix, IReadOnlyList<KeyValuePair<string, string>> labels, double? bound, double value, long timestampMs)
    {
        string name = _name + suffix, separator = "{";
        bool isInside = !IsPlain(name);
        if (isInside) Write(separator);
        WriteName(name);
        if (isInside) separator = ",";
        foreach (var (label, text) in labels)
        {
            Write(separator);
            WriteName(escaping.Escape(label));
            Write("=\"");
            Write(Escaped(text));
            Write("\"");
            separator = ",";
        }
        if (bound is { } le)
        {
            Write(separator);
            Write("le=\"");
            WriteNumber(le);
            Write("\"");
            separator = ",";
        }
        Write(separator == "," ? "} " : " ");
        WriteNumber(value);
        Write(" ");
        Write(timestampMs.ToString(CultureInfo.InvariantCulture));
        Write("\n");
    }

    private void WriteName(string name)
    {
        if (IsPlain(name))
        {
            Write(name);
            return;
        }
        Write("\"");
        Write(Escaped(name));
        Write("\"");
    }

    private static bool IsPlain(string name) => LabelNames.IsLegacyMetric(Encoding.UTF8.GetBytes(name));

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private void WriteNumber(double value) => target.Advance(FloatText.WriteGeneral(value, target.GetSpan(FloatText.MaxBytes)));

    private void Write(string text) => Encoding.UTF8.GetBytes(text, target);
}
