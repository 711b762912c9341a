using System.Text;

namespace Streamline.Pipeline.Exposition;

/// <content>Sample lines.</content>
internal ref partial struct OpenMetricsCheck
{
    private const int MaxExemplarCharacters = 128;

    private readonly bool ReadSample()
    {
        if (_line[0] is (byte)' ' or (byte)'\t') return Error(0, "the line begins with a blank: remove it");
        _sample.Clear(PlaceOf(0));
        int at = SeriesText.EndOf(_line);
        if (at == 0) at = _line.IndexOfAny((byte)' ', (byte)'\t');
        // Labels without an end: the walk over them says where they break.
        if (at < 0) at = _line.Length;
        if (!ReadSeries(at)) return false;
        if (!TryNumber(ref at, "value", out double value, out int valueAt)) return false;
        (_sample.Value, _sample.ValueAt) = (value, PlaceOf(valueAt));
        if (at < _line.Length && !_line[at..].StartsWith(" #"u8))
        {
            if (!TryTimestamp(ref at, out double seconds, out int timestampAt)) return false;
            (_sample.Timestamp, _sample.TimestampAt) = (seconds, PlaceOf(timestampAt));
        }
        if (at < _line.Length && !ReadExemplar(at)) return false;
        book.Add(_sample);
        return true;
    }

    private readonly bool ReadSeries(int length)
    {
        var walk = new LabelWalk(this, 0, length);
        while (walk.MoveNext(out var part))
        {
            if (part.IsMetricName)
            {
                _sample.Name = Encoding.UTF8.GetString(part.Value);
                continue;
            }
            _sample.LabelNames.Add(walk.Name, walk.NamePlace);
            _sample.Labels.Set(part.Name, walk.Unescaped);
        }
        if (walk.IsBroken) return false;
        return _sample.Name.Length > 0 || Error(0, "no metric name before the labels: write one");
    }

    private readonly bool ReadExemplar(int at)
    {
        _sample.ExemplarAt = PlaceOf(at + 1);
        if (!_line[at..].StartsWith(" # {"u8)) return Error(at, "an exemplar is written as # {label=\"value\"} 1 with one blank before and behind the #; a sample ends behind its timestamp");
        int start = at + 3, length = SeriesText.EndOf(_line[start..]);
        if (length < 0) length = _line.Length - start;
        var walk = new LabelWalk(this, start, length);
        int characters = 0;
        while (walk.MoveNext(out var part)) characters += Place.CharactersIn(part.Name) + Place.CharactersIn(walk.Unescaped);
        if (walk.IsBroken) return false;
        if (characters > MaxExemplarCharacters) Error(start, $"the exemplar's label names and values have {characters} characters: no more than {MaxExemplarCharacters} are allowed");
        at = start + length;
        if (!TryNumber(ref at, "exemplar's value", out double value, out _)) return false;
        _sample.ExemplarValue = value;
        if (at < _line.Length && !TryTimestamp(ref at, out _, out _)) return false;
        return at == _line.Length || Error(at, "something follows the exemplar: the line must end there");
    }

    private readonly bool TryTimestamp(ref int at, out double seconds, out int timestampAt)
    {
        if (!TryNumber(ref at, "timestamp", out seconds, out timestampAt)) return false;
        return double.IsFinite(seconds) || Error(timestampAt, "the timestamp is no moment: write Unix seconds, such as 1700000000.125");
    }

    private readonly bool TryNumber(ref int at, string what, out double number, out int numberAt)
    {
        number = 0;
        numberAt = at + 1;
        if (at >= _line.Length) return Error(at, $"no {what}: one blank and a number belong here");
        if (_line[at] != ' ') return Error(at, $"one blank must stand before the {what}");
        if (numberAt == _line.Length) return Error(at, $"a blank ends the line, and no {what} follows: remove it or write the {what}");
        if (_line[numberAt] is (byte)' ' or (byte)'\t') return Error(numberAt, $"more than one blank before the {what}: write one");
        int length = _line[numberAt..].IndexOf((byte)' ');
        if (length < 0) length = _line.Length - numberAt;
        var word = _line.Slice(numberAt, length);
        at = numberAt + length;
        return NumberText.TryParse(word, out number) || Error(numberAt, $"{NameRules.Quoted(word)} is no {what}: write a decimal number that a double holds{(what == "timestamp" ? "" : ", +Inf, -Inf or NaN")}");
    }
}
