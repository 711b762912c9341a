using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <content>Lines that begin with #.</content>
internal ref partial struct ExpositionReader
{
    // Null: a comment of the text format, to be skipped.
    private ExpositionEvent? ReadHash(ReadOnlySpan<byte> line)
    {
        if (_openMetrics) return ReadOpenMetricsHash(line);
        var rest = line[1..];
        if (rest.IsEmpty || rest[0] is not ((byte)' ' or (byte)'\t')) return null;
        var word = Token(ref rest);
        // HELP or TYPE and nothing else is a comment.
        if (rest.IsEmpty || IsHelpOfOddName(word, rest)) return null;
        if (word.SequenceEqual("HELP"u8)) return ReadFamily(TrimStart(rest), ExpositionEvent.Help);
        if (word.SequenceEqual("TYPE"u8)) return ReadFamily(TrimStart(rest), ExpositionEvent.Type);
        return null;
    }

    // Prometheus reads the name up to what cannot belong to one, and takes the rest for the text: nothing that anybody could use.
    private readonly bool IsHelpOfOddName(ReadOnlySpan<byte> word, ReadOnlySpan<byte> rest)
    {
        if (!_options.Lenient || !word.SequenceEqual("HELP"u8)) return false;
        rest = TrimStart(rest);
        return rest.Length > 0 && rest[0] != '"' && LabelNames.IsLegacyMetric(rest[..1]) && SeriesText.EndOfFamily(rest) <= 0;
    }

    private ExpositionEvent ReadOpenMetricsHash(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("# HELP "u8)) return ReadFamily(line[7..], ExpositionEvent.Help);
        if (line.StartsWith("# TYPE "u8)) return ReadFamily(line[7..], ExpositionEvent.Type);
        if (line.StartsWith("# UNIT "u8)) return ReadFamily(line[7..], ExpositionEvent.Unit);
        if (!line.SequenceEqual("# EOF"u8)) return Fail("expected # HELP, # TYPE, # UNIT or # EOF");
        if (_at < _body.Length) return Fail("unexpected data after # EOF");
        return ExpositionEvent.End;
    }

    private ExpositionEvent ReadFamily(ReadOnlySpan<byte> rest, ExpositionEvent kind)
    {
        int end = SeriesText.EndOfFamily(rest);
        if (end <= 0) return Fail("expected a metric name");
        Series = rest[..end];
        if (!Series.SequenceEqual(Family)) Unit = default;
        Family = Series;
        rest = rest[end..];
        if (!rest.IsEmpty && rest[0] is not ((byte)' ' or (byte)'\t')) return Fail("invalid metric name");
        if (_openMetrics && (rest.IsEmpty || rest[0] != ' ')) return Fail("expected a blank after the metric name");
        Text = _openMetrics ? rest.IsEmpty ? rest : rest[1..] : TrimStart(rest);
        return kind switch
        {
            ExpositionEvent.Type => ReadType(),
            ExpositionEvent.Unit => CheckUnit(),
            _ => System.Text.Unicode.Utf8.IsValid(Text) ? kind : Fail("invalid UTF-8 in a help text"),
        };
    }

    private ExpositionEvent ReadType()
    {
        var word = _openMetrics ? Text : Text.TrimEnd(" \t"u8);
        bool known = _openMetrics ? MetricTypes.TryParseOpenMetrics(word, out var type) : MetricTypes.TryParseText(word, out type);
        if (!known) return Fail("invalid metric type");
        Type = type;
        return ExpositionEvent.Type;
    }

    private ExpositionEvent CheckUnit()
    {
        var name = Series[0] == '"' ? Series[1..^1] : Series;
        bool suffix = Text.IsEmpty || (name.EndsWith(Text) && name.Length > Text.Length && name[^(Text.Length + 1)] == '_');
        if (!suffix) return Fail("unit is not a suffix of the metric name");
        Unit = Text;
        return ExpositionEvent.Unit;
    }
}
