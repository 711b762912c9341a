using System.Text;

namespace Streamline.Pipeline.Exposition;

/// <content>Labels, of samples and of exemplars.</content>
internal ref partial struct OpenMetricsCheck
{
    /// <summary>Walks labels and tells what the specification forbids of them.</summary>
    private ref struct LabelWalk
    {
        private readonly OpenMetricsCheck _check;
        private readonly int _start;
        private readonly ReadOnlySpan<byte> _text;
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private SeriesTextReader _reader;

        // Columns are counted on from the last label, so that a long line is counted once.
        private int _countedTo;
        private int _column = 1;

        public LabelWalk(OpenMetricsCheck check, int start, int length)
        {
            _check = check;
            _start = start;
            _text = check._line.Slice(start, length);
            _reader = new SeriesTextReader(_text, allowsBlanks: false);
        }

        /// <summary>Whether an error was told that leaves the labels unknown.</summary>
        public bool IsBroken { get; private set; }

        /// <summary>Name of the label that the walk stands on.</summary>
        public string Name { get; private set; } = "";

        public Place NamePlace { get; private set; }

        /// <summary>Its value, escapes resolved.</summary>
        public ReadOnlySpan<byte> Unescaped { get; private set; }

        public bool MoveNext(out SeriesTextReader part)
        {
            while (_reader.MoveNext())
            {
                part = _reader;
                bool known = part.IsMetricName ? CheckMetricName() : CheckLabel();
                if (known) return true;
                IsBroken = true;
            }
            part = default;
            if (_reader.Reason is { } reason) IsBroken = !_check.Error(_start + NameRules.FaultAt(_text, _reader), NameRules.WithAdvice(reason));
            else if (_text.EndsWith(",}"u8)) IsBroken = !_check.Error(_start + _text.Length - 2, "a comma stands behind the last label: remove it");
            return false;
        }

        private readonly bool CheckMetricName()
        {
            int at = OffsetOf(_reader.Value);
            return at == 0 || _check.Error(_start + at - 1, "quoted names are not part of OpenMetrics 1.0: write a plain name before the braces");
        }

        private bool CheckLabel()
        {
            int at = OffsetOf(_reader.Name);
            if (at > 0 && _text[at - 1] == '"') return _check.Error(_start + at - 1, "quoted label names are not part of OpenMetrics 1.0: use letters, digits and _");
            Name = Encoding.UTF8.GetString(_reader.Name);
            NamePlace = PlaceOfName(_start + at);
            if (!_seen.Add(Name)) return _check.Error(_start + at, $"the label {Name} is there twice: keep one");
            if (Name[0] == '_') _check.Error(_start + at, $"the label name {Name} is reserved: begin it with a letter");
            Unescaped = _reader.ValueEscaped ? Resolve(_reader.Value) : _reader.Value;
            return true;
        }

        private Place PlaceOfName(int offset)
        {
            _column += Place.CharactersIn(_check._line[_countedTo..offset]);
            _countedTo = offset;
            return new Place(_check._number, _column);
        }

        private readonly ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> value)
        {
            int at = _start + OffsetOf(value);
            for (int i = value.IndexOf((byte)'\\'); i >= 0 && i < value.Length; i++)
            {
                if (value[i] != '\\') continue;
                if (value[i + 1] is not ((byte)'n' or (byte)'"' or (byte)'\\')) _check.WarnOfEscape(at + i);
                i++;
            }
            byte[] buffer = new byte[value.Length];
            return buffer.AsSpan(0, SeriesText.Unescape(value, buffer));
        }

        private readonly int OffsetOf(ReadOnlySpan<byte> part) => _text.Overlaps(part, out int offset) ? offset : 0;
    }
}
