using System.Runtime.CompilerServices;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Walks a body in text 0.0.4 or OpenMetrics line by line, without allocation: <see cref="Next"/> until End or Error. A series is found as
/// bytes only (its text is the cache key); <see cref="SeriesText"/> decodes and checks it when it is new. Every line is one event,
/// comments of the text format are skipped. Hot path. Spans live as long as the body.
/// </summary>
/// <remarks>The last line must end with a newline (a body cut inside a number cannot be told otherwise), or, in OpenMetrics, with # EOF; scrapes of text are lenient there, as Prometheus is.</remarks>
internal ref partial struct ExpositionReader
{
    // No metric is described by a longer line; what sends one is not a target.
    public const int MaxLineBytes = 1 << 20;

    private readonly ReadOnlySpan<byte> _body;
    private readonly bool _openMetrics;
    private ExpositionOptions _options;
    private int _at;
    private int _lineStart;

    // The exemplar of the sample line, from its brace on; given once.
    private ReadOnlySpan<byte> _exemplar;

    // The metric whose start is known: its samples ask one after the other.
    private (ulong Metric, long Ms) _created;

    public ExpositionReader(ReadOnlySpan<byte> body, ExpositionFormat format, ExpositionOptions options = default)
    {
        _options = options;
        _body = body;
        _openMetrics = format == ExpositionFormat.OpenMetrics;
    }

    /// <summary>Name and labels of a sample, or the family name of a metadata line, exactly as written.</summary>
    public ReadOnlySpan<byte> Series { get; private set; }

    /// <summary>Text of HELP (escaped) or UNIT.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The sample's value.</summary>
    public double Value { get; private set; }

    /// <summary>Whether the sample carries its own timestamp.</summary>
    public bool HasTimestamp { get; private set; }

    /// <summary>The sample's own timestamp, else 0.</summary>
    public long TimestampMs { get; private set; }

    /// <summary>Type of the last TYPE line; Prometheus lets it hold until the next one.</summary>
    public MetricType Type { get; private set; }

    /// <summary>Family of the last metadata line, as written.</summary>
    public ReadOnlySpan<byte> Family { get; private set; }

    public readonly ReadOnlySpan<byte> FamilyName => Family;

    /// <summary>Unit of that family.</summary>
    public ReadOnlySpan<byte> Unit { get; private set; }

    /// <summary>Why the last call gave Error.</summary>
    public string? Reason { get; private set; }

    /// <summary>Line number, from 1, of the last event. Counted on demand.</summary>
    public readonly int Line => _body[.._lineStart].Count((byte)'\n') + 1;

    /// <summary>The next event.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ExpositionEvent Next()
    {
        while (Reason is null)
        {
            if (_at >= _body.Length) return AtEnd();
            _lineStart = _at;
            int length = _body[_at..].IndexOf((byte)'\n');
            if ((length < 0 ? _body.Length - _at : length) > MaxLineBytes) return Fail("line is longer than 1 MiB");
            if (length < 0 && !IsLenientText) return AtLastLine();
            if (length < 0) length = _body.Length - _at;
            var line = _body.Slice(_at, length);
            _at += length + 1;
            // All white space is below the exclamation mark.
            if (!_openMetrics && (line.IsEmpty || line[0] < '!')) line = TrimStart(line);
            if (line.IsEmpty)
            {
                if (_openMetrics) return Fail("empty line");
                continue;
            }
            if (line[0] != '#')
            {
                var sample = ReadSample(line);
                if (sample == ExpositionEvent.Error && IsLenientText && TryLongerLine(ref line)) sample = ReadSample(line);
                if (sample == ExpositionEvent.Sample && _openMetrics && IsCreatedLine) continue;
                return sample;
            }
            var found = ReadHash(line);
            if (found is not null) return found.Value;
        }
        return ExpositionEvent.Error;
    }

    /// <summary>Ends the walk with an error on the current line: for faults that only the decoded series shows.</summary>
    public ExpositionEvent Fail(string reason)
    {
        Reason = reason;
        return ExpositionEvent.Error;
    }

    private readonly bool IsLenientText => _options.Lenient && !_openMetrics;

    // A label value holds a newline: the line goes on to the one behind its labels.
    private bool TryLongerLine(ref ReadOnlySpan<byte> line)
    {
        int start = Math.Min(_at - 1, _body.Length) - line.Length;
        var rest = _body[start..Math.Min(start + MaxLineBytes, _body.Length)];
        int end = SeriesText.EndOf(rest);
        if (end <= line.Length) return false;
        int more = rest[end..].IndexOf((byte)'\n');
        line = more < 0 ? rest : rest[..(end + more)];
        _at = start + line.Length + 1;
        Reason = null;
        return true;
    }

    private ExpositionEvent AtEnd()
    {
        _lineStart = _body.Length;
        return _openMetrics ? Fail("data does not end with # EOF") : ExpositionEvent.End;
    }

    private ExpositionEvent AtLastLine()
    {
        var line = _body[_at..];
        if (_openMetrics) return line.SequenceEqual("# EOF"u8) ? ExpositionEvent.End : Fail("data does not end with # EOF");
        if (!TrimStart(line).IsEmpty) return Fail("last line does not end with a newline");
        return ExpositionEvent.End;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
        return text[at..];
    }
}
