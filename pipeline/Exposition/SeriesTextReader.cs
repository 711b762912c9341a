using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Walks the parts of a series text: the metric name and each label, still escaped. Ends at the text's end or with a reason. Text 0.0.4 allows blanks between
/// the parts, OpenMetrics does not. <paramref name="lenient"/>: the comma behind a label may be missing, as in Prometheus's scrapes of text.
/// </summary>
internal ref struct SeriesTextReader(ReadOnlySpan<byte> series, bool allowsBlanks = true, bool lenient = false)
{
    private ReadOnlySpan<byte> _rest = series;
    private State _state = State.Start;

    private enum State
    {
        Start,
        Labels,
        End,
    }

    /// <summary>Whether the part is the metric name; it stands in <see cref="Value"/> then.</summary>
    public bool IsMetricName { get; private set; }

    /// <summary>Label name; escapes unresolved when <see cref="NameEscaped"/>.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Label value or metric name; escapes unresolved when <see cref="ValueEscaped"/>.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool NameEscaped { get; private set; }

    public bool ValueEscaped { get; private set; }

    /// <summary>Why the walk ended early, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>Bytes that are not walked yet: where the walk broke.</summary>
    public readonly int Left => _rest.Length;

    public bool MoveNext()
    {
        if (_state == State.Start && ReadStart()) return true;
        if (_state != State.Labels) return false;
        SkipBlanks();
        if (!_rest.IsEmpty && _rest[0] == '}') return AtBrace();
        return ReadItem();
    }

    private bool ReadStart()
    {
        int end = _rest.IndexOfAny("{ \t"u8);
        if (end < 0) end = _rest.Length;
        var name = _rest[..end];
        _rest = _rest[end..];
        SkipBlanks();
        _state = _rest.IsEmpty ? State.End : State.Labels;
        if (_state == State.Labels)
        {
            if (_rest[0] != '{') return Stop("unexpected text after the metric name");
            _rest = _rest[1..];
        }
        if (name.IsEmpty) return false;
        if (!LabelNames.IsLegacyMetric(name)) return Stop("invalid metric name");
        return Found(true, default, false, name, false);
    }

    private bool AtBrace()
    {
        _state = State.End;
        return _rest.Length > 1 && Stop("unexpected text after the labels");
    }

    private bool ReadItem()
    {
        if (!TryName(out var name, out bool quoted, out bool escaped)) return false;
        SkipBlanks();
        bool isLabel = !_rest.IsEmpty && _rest[0] == '=';
        if (!isLabel)
        {
            if (!quoted) return Stop("expected = after the label name");
            if (name.IsEmpty) return Stop("invalid metric name");
            return EndItem(false) && Found(true, default, false, name, escaped);
        }
        if (name.IsEmpty) return Stop("invalid label name");
        _rest = _rest[1..];
        SkipBlanks();
        if (!TryQuoted(out var value, out bool valueEscaped)) return Stop("expected a quoted label value");
        return EndItem(lenient) && Found(false, name, escaped, value, valueEscaped);
    }

    private bool TryName(out ReadOnlySpan<byte> name, out bool quoted, out bool escaped)
    {
        name = default;
        escaped = false;
        quoted = !_rest.IsEmpty && _rest[0] == '"';
        if (quoted)
        {
            if (!TryQuoted(out name, out escaped)) return Stop("quoted name does not end");
            return LabelNames.IsUtf8(name) || Stop("invalid UTF-8 in a name");
        }
        int end = _rest.IndexOfAny("= \t,}"u8);
        if (end < 0) end = _rest.Length;
        name = _rest[..end];
        _rest = _rest[end..];
        return LabelNames.IsLegacy(name) || Stop("invalid label name");
    }

    private bool TryQuoted(out ReadOnlySpan<byte> text, out bool escaped)
    {
        text = default;
        escaped = false;
        if (_rest.IsEmpty || _rest[0] != '"') return false;
        int length = SeriesText.QuotedLength(_rest);
        if (length < 0) return false;
        text = _rest[1..(length - 1)];
        escaped = text.Contains((byte)'\\');
        _rest = _rest[length..];
        return true;
    }

    // A comma may stand before the closing brace.
    private bool EndItem(bool commaMayMiss)
    {
        SkipBlanks();
        if (_rest.IsEmpty) return Stop("labels do not end");
        if (_rest[0] == '}') return true;
        if (_rest[0] != ',') return commaMayMiss || Stop("expected , or } after a label");
        _rest = _rest[1..];
        return true;
    }

    private bool Found(bool isMetricName, ReadOnlySpan<byte> name, bool nameEscaped, ReadOnlySpan<byte> value, bool valueEscaped)
    {
        (IsMetricName, NameEscaped, ValueEscaped) = (isMetricName, nameEscaped, valueEscaped);
        Name = name;
        Value = value;
        return true;
    }

    private bool Stop(string reason)
    {
        Reason = reason;
        _state = State.End;
        return false;
    }

    private void SkipBlanks()
    {
        int at = 0;
        while (allowsBlanks && at < _rest.Length && _rest[at] is (byte)' ' or (byte)'\t') at++;
        _rest = _rest[at..];
    }
}
