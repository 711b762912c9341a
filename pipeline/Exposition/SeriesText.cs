using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// The text of a series, <c>name{label="value",…}</c> or <c>{"name","label"="value"}</c>: finding its end, and decoding with every check. Decoding
/// runs once per new series. Errors are reasons (constant texts), null is success.
/// </summary>
internal static class SeriesText
{
    // Values longer than this are unescaped in a heap buffer.
    private const int StackBytes = 512;

    /// <summary>Index after the series, quote-aware; 0 when no labels stand there and -1 when they do not end.</summary>
    public static int EndOf(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOfAny("{ \t"u8);
        if (at < 0 || line[at] != '{') return 0;
        at++;
        while (true)
        {
            int step = line[at..].IndexOfAny((byte)'"', (byte)'}');
            if (step < 0) return -1;
            at += step;
            if (line[at] == '}') return at + 1;
            int length = QuotedLength(line[at..]);
            if (length < 0) return -1;
            at += length;
        }
    }

    /// <summary>Index after a family name, plain or quoted, of a metadata line; 0 or less when there is none.</summary>
    public static int EndOfFamily(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return 0;
        if (rest[0] == '"') return QuotedLength(rest);
        int end = rest.IndexOfAny((byte)' ', (byte)'\t');
        if (end < 0) end = rest.Length;
        return LabelNames.IsLegacyMetric(rest[..end]) ? end : 0;
    }

    /// <summary>Name of a metadata line without quotes and escapes.</summary>
    public static byte[] FamilyName(ReadOnlySpan<byte> family)
    {
        if (family[0] != '"') return family.ToArray();
        var inner = family[1..^1];
        byte[] name = new byte[inner.Length];
        return name[..Unescape(inner, name)];
    }

    /// <summary>
    /// Fills the builder (cleared first) with name and labels. <paramref name="type"/> decides on le and quantile: Prometheus 3 spells their values
    /// as OpenMetrics floats (1 becomes 1.0).
    /// </summary>
    public static string? Decode(ReadOnlySpan<byte> series, MetricType type, LabelsBuilder target, bool allowsBlanks = true, bool lenient = false)
    {
        target.Clear();
        var reader = new SeriesTextReader(series, allowsBlanks, lenient);
        while (reader.MoveNext())
        {
            var name = reader.IsMetricName ? Labels.MetricName : reader.Name;
            if (!target.ValueOf(name).IsEmpty) return reader.IsMetricName ? "metric name is set twice" : "label name is not unique";
            if (!System.Text.Unicode.Utf8.IsValid(reader.Value)) return "invalid UTF-8 in a label value";
            SetUnescaped(target, name, reader, type);
        }
        if (reader.Reason is not null) return reader.Reason;
        return target.ValueOf(Labels.MetricName).IsEmpty ? "missing metric name" : null;
    }

    /// <summary>Whether the text is the labels of an exemplar, which has no name.</summary>
    public static bool IsExemplar(ReadOnlySpan<byte> labels)
    {
        var reader = new SeriesTextReader(labels, allowsBlanks: false);
        while (reader.MoveNext())
        {
            if (reader.IsMetricName || !System.Text.Unicode.Utf8.IsValid(reader.Value)) return false;
        }
        return reader.Reason is null;
    }

    /// <summary>Fills the builder (cleared first) with labels for which <see cref="IsExemplar"/> holds.</summary>
    public static void DecodeExemplar(ReadOnlySpan<byte> labels, LabelsBuilder target)
    {
        target.Clear();
        var reader = new SeriesTextReader(labels, allowsBlanks: false);
        while (reader.MoveNext()) SetUnescaped(target, reader.Name, reader, MetricType.Unknown);
    }

    /// <summary>Whether the text sets the label to the empty value, which takes the target's label away under honor_labels.</summary>
    public static bool DeclaresEmpty(ReadOnlySpan<byte> series, ReadOnlySpan<byte> name)
    {
        if (series.IndexOf("\"\""u8) < 0) return false;
        var reader = new SeriesTextReader(series);
        while (reader.MoveNext())
        {
            if (!reader.IsMetricName && reader.Value.IsEmpty && reader.Name.SequenceEqual(name)) return true;
        }
        return false;
    }

    /// <summary>Length of the quoted text at the start, quotes included; -1 when it does not end.</summary>
    public static int QuotedLength(ReadOnlySpan<byte> text)
    {
        int at = 1;
        while (true)
        {
            int step = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0) return -1;
            at += step;
            if (text[at] == '"') return at + 1;
            if (at + 2 > text.Length - 1) return -1;
            at += 2;
        }
    }

    /// <summary>Resolves \\, \" and \n; any other escape stays as written, as in Prometheus. Returns the length.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == '\\' && i + 1 < text.Length && text[i + 1] is (byte)'\\' or (byte)'"' or (byte)'n')
            {
                i++;
                b = text[i] == 'n' ? (byte)'\n' : text[i];
            }
            target[count++] = b;
        }
        return count;
    }

    private static void SetUnescaped(LabelsBuilder target, ReadOnlySpan<byte> name, in SeriesTextReader reader, MetricType type)
    {
        Span<byte> valueBuffer = stackalloc byte[StackBytes];
        if (!reader.IsMetricName && reader.NameEscaped) name = Unescaped(name, new byte[name.Length]);
        var value = reader.ValueEscaped ? Unescaped(reader.Value, valueBuffer) : reader.Value;
        if (IsNumberLabel(name, type) && NumberText.TryParse(value, out double number))
        {
            Span<byte> digits = stackalloc byte[OpenMetricsNumber.MaxBytes];
            target.Set(name, digits[..OpenMetricsNumber.Write(number, digits)]);
            return;
        }
        target.Set(name, value);
    }

    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        if (text.Length > buffer.Length) buffer = new byte[text.Length];
        return buffer[..Unescape(text, buffer)];
    }

    private static bool IsNumberLabel(ReadOnlySpan<byte> name, MetricType type) =>
        (type == MetricType.Histogram && name.SequenceEqual("le"u8)) || (type == MetricType.Summary && name.SequenceEqual("quantile"u8));
}
