using System.Text;
using Streamline.Storage.Matching;

namespace Streamline.Storage;

/// <summary>A condition on one label; an absent label counts as the empty value. Immutable and thread safe.</summary>
public sealed class LabelMatcher
{
    private readonly byte[] _valueUtf8;
    private readonly ValuePattern? _pattern;

    /// <summary>Compiles the matcher.</summary>
    /// <exception cref="FormatException">The regular expression is invalid (RE2 syntax); the message names the reason.</exception>
    public LabelMatcher(MatchOperator op, string name, string value)
    {
        Operator = op;
        Name = name;
        Value = value;
        NameUtf8 = System.Text.Encoding.UTF8.GetBytes(name);
        _valueUtf8 = System.Text.Encoding.UTF8.GetBytes(value);
        if (op is MatchOperator.Regex or MatchOperator.NotRegex) _pattern = ValuePattern.Compile(value);
    }

    /// <summary>The operator.</summary>
    public MatchOperator Operator { get; }

    /// <summary>Label name.</summary>
    public string Name { get; }

    /// <summary>Value or regular expression as written.</summary>
    public string Value { get; }

    /// <summary>Label name as bytes.</summary>
    public ReadOnlyMemory<byte> NameUtf8 { get; }

    /// <summary>Value as bytes.</summary>
    public ReadOnlyMemory<byte> ValueUtf8 => _valueUtf8;

    /// <summary>Whether a series without the label matches.</summary>
    public bool MatchesEmpty => Matches(default);

    /// <summary>The finite set of values that a <c>=~</c> matcher accepts (<c>a|b|c</c>), or null when it is not such a set.</summary>
    public IReadOnlyList<string>? SetLiterals => Operator == MatchOperator.Regex ? _pattern!.Literals : null;

    /// <summary>The finite set of values that a <c>!~</c> matcher refuses, or null when it is not such a set.</summary>
    internal IReadOnlyList<string>? RefusedLiterals => Operator == MatchOperator.NotRegex ? _pattern!.Literals : null;

    /// <summary>What every value accepted by a <c>=~</c> matcher starts with: where a walk over sorted values begins and ends. Empty when nothing is known.</summary>
    internal ReadOnlyMemory<byte> PrefixUtf8 => Operator == MatchOperator.Regex ? _pattern!.Prefix : default;

    /// <summary>Whether a label value matches.</summary>
    public bool Matches(ReadOnlySpan<byte> value) => Operator switch
    {
        MatchOperator.Equal => value.SequenceEqual(_valueUtf8),
        MatchOperator.NotEqual => !value.SequenceEqual(_valueUtf8),
        MatchOperator.Regex => _pattern!.IsMatch(value),
        MatchOperator.NotRegex => !_pattern!.IsMatch(value),
    };

    /// <summary>PromQL's form, <c>name="value"</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (LabelNames.IsLegacy(NameUtf8.Span)) text.Append(Name);
        else LabelNames.AppendQuoted(text, Name);
        text.Append(SymbolOf(Operator));
        LabelNames.AppendQuoted(text, Value);
        return text.ToString();
    }

    /// <summary>The operator as it is written.</summary>
    public static string SymbolOf(MatchOperator op) => op switch
    {
        MatchOperator.Equal => "=",
        MatchOperator.NotEqual => "!=",
        MatchOperator.Regex => "=~",
        MatchOperator.NotRegex => "!~",
    };
}
