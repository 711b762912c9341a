using System.Buffers;
using System.Text;

namespace Streamline.Pipeline.Config;

/// <summary>Writes block-style YAML, two spaces a level, lists of mappings at their key's column as Prometheus shows its configuration.</summary>
internal sealed class YamlWriter
{
    private static readonly SearchValues<char> PlainChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./()$^+*<>=~;:@%\\ ");

    private static readonly SearchValues<char> PlainStarts = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/($^+.<;\\0123456789");

    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _afterDash;

    public override string ToString() => _text.ToString();

    /// <summary>A key without a value on its line.</summary>
    public void Key(string name)
    {
        Indent();
        _text.Append(Scalar(name, true)).Append(":\n");
    }

    public void Pair(string name, string value, bool isText)
    {
        Indent();
        _text.Append(Scalar(name, true)).Append(": ").Append(Scalar(value, isText)).Append('\n');
    }

    public void Item(string value, bool isText)
    {
        Indent();
        _text.Append("- ").Append(Scalar(value, isText)).Append('\n');
    }

    /// <summary>An empty mapping or list, spelled out.</summary>
    public void PairRaw(string name, string raw)
    {
        Indent();
        _text.Append(Scalar(name, true)).Append(": ").Append(raw).Append('\n');
    }

    public void ItemRaw(string raw)
    {
        Indent();
        _text.Append("- ").Append(raw).Append('\n');
    }

    public void Begin() => _depth++;

    public void End() => _depth--;

    /// <summary>The next line begins a list item.</summary>
    public void BeginItem()
    {
        Indent();
        _text.Append("- ");
        _afterDash = true;
        _depth++;
    }

    public void EndItem() => _depth--;

    private void Indent()
    {
        if (!_afterDash) _text.Append(' ', _depth * 2);
        _afterDash = false;
    }

    /// <summary>Plain where YAML reads it back as the same text, double quotes else.</summary>
    private static string Scalar(string value, bool isText)
    {
        if (!isText || IsPlain(value)) return value;
        var quoted = new StringBuilder();
        Quote(quoted, value);
        return quoted.ToString();
    }

    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || value[0] == ' ' || value[^1] is ' ' or ':') return false;
        if (!PlainStarts.Contains(value[0]) || value.AsSpan().ContainsAnyExcept(PlainChars)) return false;
        if (value.Contains(": ", StringComparison.Ordinal)) return false;
        // What another kind of scalar would claim.
        return !(ConfigScalars.TryParseNumber(value, out _) || ConfigScalars.TryParseInteger(value, out _) || ConfigScalars.TryParseBool(value, out _) || value is "null" or "Null" or "NULL" or "~" or "<<");
    }

    private static void Quote(StringBuilder target, string value)
    {
        target.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => target.Append("\\\""),
                '\\' => target.Append("\\\\"),
                '\n' => target.Append("\\n"),
                '\t' => target.Append("\\t"),
                '\r' => target.Append("\\r"),
                < ' ' or (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029' or '\ufeff' => target.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => target.Append(c),
            };
        }
        target.Append('"');
    }
}
