namespace Streamline.Pipeline.Config;

/// <summary>The property is not a key of the YAML.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotBoundAttribute : Attribute;

/// <summary>The key where it is not the property's name in snake case.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class KeyAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The keys of this record stand directly in the record that holds it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InlineAttribute : Attribute;

/// <summary>The key must be written and not be empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RequiredKeyAttribute : Attribute;

/// <summary>Exactly one of the record's keys is written (those marked <see cref="BesideAttribute"/> not counted): a choice of kinds.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ChoiceAttribute(string what) : Attribute
{
    /// <summary>What is chosen, for messages: "source", "stage".</summary>
    public string What { get; } = what;
}

/// <summary>A key that may stand beside the chosen one.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BesideAttribute : Attribute;

/// <summary>Written as a mapping from name to record; the name goes into the record's <c>Name</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamedMapAttribute : Attribute;

/// <summary>A scalar may stand for the record: it is the value of these keys.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShorthandAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary><c>${env:...}</c> and <c>${file:...}</c> are never filled in here: the text has a <c>$</c> language of its own.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
internal sealed class LiteralTextAttribute : Attribute;

/// <summary>A path: relative ones are resolved against the folder of the file that names them.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PathAttribute : Attribute;

/// <summary>Accepted for Prometheus's sake; writing it gives a warning that names it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NoEffectYetAttribute : Attribute;

/// <summary>An empty text is as good as no key, as in Prometheus.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BlankIsDefaultAttribute : Attribute;

/// <summary>Receives keys of the form <c>&lt;kind&gt;SUFFIX</c> that no property has, each a list of records kept as written.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OtherKeysAttribute(string suffix) : Attribute
{
    public string Suffix { get; } = suffix;
}

/// <summary>The enum's values may be written in any case and are printed in lower case.</summary>
[AttributeUsage(AttributeTargets.Enum)]
internal sealed class AnyCaseAttribute : Attribute;
