using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <content>Lines that begin with #.</content>
internal ref partial struct OpenMetricsCheck
{
    private const int NameAt = 7;

    private readonly void ReadMetadata()
    {
        if (!TryKind(out var kind))
        {
            Error(0, "a line with # is # HELP, # TYPE, # UNIT or # EOF, in capitals and with one blank behind the #: OpenMetrics has no comments");
            return;
        }
        var rest = _line.Length > NameAt ? _line[NameAt..] : default;
        int end = rest.IndexOf((byte)' ');
        var name = end < 0 ? rest : rest[..end];
        if (!CheckFamilyName(name)) return;
        if (end < 0)
        {
            Error(_line.Length, "the line ends behind the metric name: one blank follows it, then the text (which is empty where there is none)");
            return;
        }
        int textAt = NameAt + end + 1;
        book.Describe(Encoding.UTF8.GetString(name), kind, ReadText(kind, textAt), PlaceOf(0), PlaceOf(textAt));
    }

    private readonly bool TryKind(out MetadataKind kind)
    {
        kind = MetadataKind.Help;
        if (_line.Length > 6 && _line[6] != ' ') return false;
        if (_line.StartsWith("# HELP"u8)) return true;
        kind = MetadataKind.Type;
        if (_line.StartsWith("# TYPE"u8)) return true;
        kind = MetadataKind.Unit;
        return _line.StartsWith("# UNIT"u8);
    }

    private readonly bool CheckFamilyName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return Error(Math.Min(NameAt, _line.Length), "no metric name: one blank and the name of the family follow the word");
        if (name[0] == '"') return Error(NameAt, "quoted names are not part of OpenMetrics 1.0: use letters, digits, _ and :");
        return LabelNames.IsLegacyMetric(name) || Error(NameAt + NameRules.FirstBad(name), NameRules.BadMetricName);
    }

    // HELP is checked here, where columns are known; TYPE and UNIT by the family.
    private readonly string ReadText(MetadataKind kind, int textAt)
    {
        var text = _line[textAt..];
        if (kind == MetadataKind.Help) CheckHelp(text, textAt);
        return Encoding.UTF8.GetString(text);
    }

    private readonly void CheckHelp(ReadOnlySpan<byte> text, int textAt)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') findings.Warning(PlaceOf(textAt + i), "a double quote that is not escaped: write \\\"");
            if (text[i] != '\\') continue;
            if (i + 1 == text.Length) Error(textAt + i, "a backslash ends the text: write \\\\ for a backslash");
            else if (text[i + 1] is not ((byte)'n' or (byte)'"' or (byte)'\\')) WarnOfEscape(textAt + i);
            i++;
        }
    }

    private readonly void WarnOfEscape(int offset) => findings.Warning(PlaceOf(offset), "no such escape: there are \\n, \\\" and \\\\; write \\\\ for a backslash");
}
