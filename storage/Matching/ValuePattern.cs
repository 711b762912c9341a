using System.Buffers;
using System.Text.RegularExpressions;

namespace Streamline.Storage.Matching;

/// <summary>
/// A user's regular expression over a label value: RE2 syntax, anchored at both ends, dot matches newline (Prometheus 3). First step: sets of literals
/// are found and compared as bytes, everything else runs on .NET's non-backtracking engine, which has no exponential case either.
/// </summary>
internal sealed class ValuePattern
{
    private static readonly SearchValues<char> Meta = SearchValues.Create("\\.+*?()[]{}^$");
    private readonly byte[][]? _literals;
    private readonly Regex? _regex;

    private ValuePattern(IReadOnlyList<string>? literals, Regex? regex)
    {
        Literals = literals;
        _literals = literals?.Select(System.Text.Encoding.UTF8.GetBytes).ToArray();
        _regex = regex;
    }

    /// <summary>The finite set of accepted values, or null.</summary>
    public IReadOnlyList<string>? Literals { get; }

    /// <summary>What every accepted value starts with; empty when nothing is known.</summary>
    public ReadOnlyMemory<byte> Prefix { get; }

    public static ValuePattern Compile(string pattern)
    {
        if (pattern.AsSpan().IndexOfAny(Meta) < 0) return new ValuePattern([.. pattern.Split('|').Distinct()], null);
        try
        {
            return new ValuePattern(null, new Regex($@"\A(?s:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"invalid regular expression \"{pattern}\": {error.Message}", error);
        }
    }

    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        if (_literals is not null)
        {
            foreach (byte[] literal in _literals)
            {
                if (value.SequenceEqual(literal)) return true;
            }
            return false;
        }
        Span<char> chars = value.Length <= 512 ? stackalloc char[value.Length] : new char[value.Length];
        int count = System.Text.Encoding.UTF8.GetChars(value, chars);
        return _regex!.IsMatch(chars[..count]);
    }
}
