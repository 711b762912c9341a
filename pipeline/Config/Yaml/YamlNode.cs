namespace Streamline.Pipeline.Config;

/// <summary>A YAML value with its place: the tree that is bound, checked and printed. Aliases point to the same node.</summary>
internal abstract class YamlNode(ConfigPosition position)
{
    public ConfigPosition Position { get; } = position;

    /// <summary>scalar, sequence or mapping, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>Text; <see cref="IsPlain"/> tells unquoted text, which may also be a number, a boolean or null.</summary>
internal sealed class YamlScalar(ConfigPosition position, string text, bool isPlain) : YamlNode(position)
{
    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "null" : "scalar";
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(ConfigPosition position, IReadOnlyList<YamlNode> items) : YamlNode(position)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Kind => "sequence";
}

/// <summary>A mapping, in the order written; keys are scalars.</summary>
internal sealed class YamlMapping(ConfigPosition position, IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> entries) : YamlNode(position)
{
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries { get; } = entries;

    public override string Kind => "mapping";

    /// <summary>Value of a key, null when absent.</summary>
    public YamlNode? this[string key] => Entries.FirstOrDefault(e => e.Key.Text == key).Value;
}
