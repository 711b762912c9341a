namespace Streamline.Pipeline.Config;

/// <summary>A password, token or key: shown nowhere. Only the code that sends it calls <see cref="Reveal"/>.</summary>
internal sealed class Secret(string text) : IEquatable<Secret>
{
    public const string Mask = "<secret>";

    private readonly string _text = text;

    public bool IsEmpty => _text.Length == 0;

    public string Reveal() => _text;

    public bool Equals(Secret? other) => other is not null && _text == other._text;

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => IsEmpty ? "" : Mask;
}
