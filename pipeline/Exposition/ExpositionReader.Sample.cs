using System.Runtime.CompilerServices;

namespace Streamline.Pipeline.Exposition;

/// <content>Sample lines.</content>
internal ref partial struct ExpositionReader
{
    // Values and timestamps hold no brace, so the last one of a line ends the labels. Taken wrongly (a brace after a broken quote) the
    // series text does not decode, and what does not decode is never cached.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ExpositionEvent ReadSample(ReadOnlySpan<byte> line)
    {
        int end = _openMetrics && line.Contains((byte)'#') ? SeriesText.EndOf(line) : line.LastIndexOf((byte)'}') + 1;
        if (end == 0) end = line.IndexOfAny((byte)' ', (byte)'\t');
        if (end <= 0) return Fail("expected a value after the metric");
        Series = line[..end];
        _exemplar = default;
        if (end < line.Length && line[end] == ' ' && PlainNumber.TryParseLast(line, line.Length - end - 1, out double value))
        {
            Value = value;
            HasTimestamp = false;
            TimestampMs = 0;
            return ExpositionEvent.Sample;
        }
        return _openMetrics ? ReadOpenMetricsNumbers(line[end..]) : ReadTextNumbers(line[end..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ExpositionEvent ReadTextNumbers(ReadOnlySpan<byte> rest)
    {
        if (!NumberText.TryParse(Token(ref rest), out double value)) return Fail("invalid or missing value");
        Value = value;
        var token = Token(ref rest);
        HasTimestamp = !token.IsEmpty;
        TimestampMs = 0;
        if (!HasTimestamp) return ExpositionEvent.Sample;
        if (!NumberText.TryParseInteger(token, out long timestamp)) return Fail("invalid timestamp");
        TimestampMs = timestamp;
        return Token(ref rest).IsEmpty ? ExpositionEvent.Sample : Fail("unexpected text after the timestamp");
    }

    private ExpositionEvent ReadOpenMetricsNumbers(ReadOnlySpan<byte> rest)
    {
        if (!TryWord(ref rest, out var word) || !NumberText.TryParse(word, out double value)) return Fail("invalid or missing value");
        Value = value;
        HasTimestamp = false;
        TimestampMs = 0;
        if (rest.IsEmpty) return ExpositionEvent.Sample;
        if (!rest.StartsWith(" #"u8))
        {
            if (!TryWord(ref rest, out word) || !TrySeconds(word, out long timestamp)) return Fail("invalid timestamp");
            HasTimestamp = true;
            TimestampMs = timestamp;
        }
        if (rest.IsEmpty) return ExpositionEvent.Sample;
        if (!IsExemplar(rest)) return Fail("unexpected text after the value");
        if (_options.Exemplars) _exemplar = rest[3..];
        return ExpositionEvent.Sample;
    }

    // Checked whole, since a broken one breaks the body; decoded when it is wanted.
    private static bool IsExemplar(ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith(" # {"u8)) return false;
        rest = rest[3..];
        int end = SeriesText.EndOf(rest);
        if (end <= 0 || !SeriesText.IsExemplar(rest[..end])) return false;
        rest = rest[end..];
        if (!TryWord(ref rest, out var word) || !NumberText.TryParse(word, out _)) return false;
        return rest.IsEmpty || (TryWord(ref rest, out word) && TrySeconds(word, out _) && rest.IsEmpty);
    }

    private static bool TrySeconds(ReadOnlySpan<byte> word, out long timestampMs)
    {
        timestampMs = 0;
        return NumberText.TryParse(word, out double seconds) && TryMilliseconds(seconds, out timestampMs);
    }

    private static bool TryMilliseconds(double seconds, out long timestampMs)
    {
        timestampMs = 0;
        if (!double.IsFinite(seconds)) return false;
        // Saturates: a time beyond all bounds is a sample to be refused for it, not a broken body.
        timestampMs = (long)(seconds * 1000);
        return true;
    }

    // Text 0.0.4: any run of blanks and tabs separates.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ReadOnlySpan<byte> Token(scoped ref ReadOnlySpan<byte> rest)
    {
        rest = TrimStart(rest);
        int end = 0;
        while (end < rest.Length && rest[end] is not ((byte)' ' or (byte)'\t')) end++;
        var token = rest[..end];
        rest = rest[end..];
        return token;
    }

    // OpenMetrics: exactly one blank stands before each word.
    private static bool TryWord(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> word)
    {
        word = default;
        if (rest.Length < 2 || rest[0] != ' ' || rest[1] == ' ') return false;
        rest = rest[1..];
        int end = rest.IndexOf((byte)' ');
        if (end < 0) end = rest.Length;
        word = rest[..end];
        rest = rest[end..];
        return true;
    }
}
