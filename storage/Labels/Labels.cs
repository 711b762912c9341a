using System.Text;
using Streamline.Storage.Encoding;

namespace Streamline.Storage;

/// <summary>
/// A label set as one self-contained buffer: name and value pairs sorted by name (ordinal bytes), each string prefixed by its
/// length (one byte below 255, else 0xFF and three bytes little endian), UTF-8. Immutable; equality and order are those of the pairs.
/// </summary>
public sealed class Labels : IEquatable<Labels>, IComparable<Labels>
{
    /// <summary>Longest name or value, bytes: what the three-byte length can say.</summary>
    public const int MaxStringBytes = (1 << 24) - 1;

    /// <summary>The label set without labels.</summary>
    public static readonly Labels Empty = new([]);

    private readonly byte[] _buffer;

    internal Labels(byte[] buffer)
    {
        _buffer = buffer;
        Hash = XxHash64.Of(buffer);
    }

    /// <summary>The metric name's label.</summary>
    public static ReadOnlySpan<byte> MetricName => "__name__"u8;

    /// <summary>xxHash64 (seed 0) of the buffer; the same in every process, so it may be stored.</summary>
    public ulong Hash { get; }

    /// <summary>The encoded pairs; valid input of <see cref="FromEncoded"/>.</summary>
    public ReadOnlySpan<byte> Encoded => _buffer;

    /// <summary>True without any label.</summary>
    public bool IsEmpty => _buffer.Length == 0;

    /// <summary>Number of labels; walks the buffer.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (var _ in this) count++;
            return count;
        }
    }

    /// <summary>Value of <paramref name="name"/>, empty when absent (absent and empty are the same to PromQL).</summary>
    public ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> name)
    {
        foreach (var pair in this)
        {
            int order = pair.Name.SequenceCompareTo(name);
            if (order == 0) return pair.Value;
            if (order > 0) break;
        }
        return default;
    }

    /// <summary>Value of <paramref name="name"/> as a string, empty when absent. Allocates; not for hot paths.</summary>
    public string Get(string name) => System.Text.Encoding.UTF8.GetString(ValueOf(System.Text.Encoding.UTF8.GetBytes(name)));

    /// <summary>Whether a label of that name is present.</summary>
    public bool Has(ReadOnlySpan<byte> name)
    {
        foreach (var pair in this)
        {
            if (pair.Name.SequenceEqual(name)) return true;
        }
        return false;
    }

    /// <summary>Walks the pairs in name order without allocation.</summary>
    public Enumerator GetEnumerator() => new(_buffer);

    /// <summary>Takes a buffer in the encoded form, checking lengths, order and UTF-8-free duplicates; copies it.</summary>
    /// <exception cref="FormatException">Lengths overrun, names out of order or doubled.</exception>
    public static Labels FromEncoded(ReadOnlySpan<byte> encoded)
    {
        LabelsEncoding.Check(encoded);
        return encoded.IsEmpty ? Empty : new Labels(encoded.ToArray());
    }

    /// <summary>Builds from pairs in any order; empty values are left out; of two equal names the last wins.</summary>
    public static Labels Of(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var builder = new LabelsBuilder();
        foreach (var (name, value) in pairs) builder.Set(name, value);
        return builder.Build();
    }

    /// <summary>The pairs as strings, in name order. Allocates.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToPairs()
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in this) pairs.Add(new(pair.NameString, pair.ValueString));
        return pairs;
    }

    /// <inheritdoc/>
    public bool Equals(Labels? other) =>
        other is not null && (ReferenceEquals(this, other) || (Hash == other.Hash && _buffer.AsSpan().SequenceEqual(other._buffer)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>Order by first differing name, then value, then length, as Prometheus's labels.Compare.</summary>
    public int CompareTo(Labels? other) => other is null ? 1 : LabelsEncoding.Compare(Encoded, other.Encoded);

    /// <summary>Prometheus's text form, <c>{a="b", c="d"}</c>, values quoted; the metric name is shown as a label like any other.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (var pair in this)
        {
            if (text.Length > 1) text.Append(", ");
            string name = pair.NameString;
            if (LabelNames.IsLegacy(pair.Name)) text.Append(name);
            else LabelNames.AppendQuoted(text, name);
            text.Append('=');
            LabelNames.AppendQuoted(text, pair.ValueString);
        }
        return text.Append('}').ToString();
    }

    /// <summary>Equality.</summary>
    public static bool operator ==(Labels? left, Labels? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(Labels? left, Labels? right) => !(left == right);

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator <(Labels? left, Labels? right) => Comparer<Labels?>.Default.Compare(left, right) < 0;

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator >(Labels? left, Labels? right) => Comparer<Labels?>.Default.Compare(left, right) > 0;

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator <=(Labels? left, Labels? right) => !(left > right);

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator >=(Labels? left, Labels? right) => !(left < right);

    /// <summary>One pair; the spans live as long as the label set.</summary>
    public readonly ref struct Pair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        /// <summary>Label name, UTF-8.</summary>
        public ReadOnlySpan<byte> Name { get; } = name;

        /// <summary>Label value, UTF-8.</summary>
        public ReadOnlySpan<byte> Value { get; } = value;

        /// <summary>Label name as a string (allocates).</summary>
        public string NameString => System.Text.Encoding.UTF8.GetString(Name);

        /// <summary>Label value as a string (allocates).</summary>
        public string ValueString => System.Text.Encoding.UTF8.GetString(Value);
    }

    /// <summary>Forward walk over the pairs.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> encoded)
        {
            _rest = encoded;
            Current = default;
        }

        /// <summary>The pair of the last successful <see cref="MoveNext"/>.</summary>
        public Pair Current { get; private set; }

        /// <summary>Moves to the next pair; false at the end.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            var name = LabelsEncoding.Read(ref _rest);
            Current = new Pair(name, LabelsEncoding.Read(ref _rest));
            return true;
        }
    }
}
