namespace Streamline.Web.Federation;

/// <summary>How names beyond the legacy alphabet are told to a scraper (common/model, EscapeName).</summary>
internal enum NameEscaping
{
    /// <summary>Every other character is an underscore. What a scraper gets that asks for nothing.</summary>
    Underscores,

    /// <summary>As they are, in quotes.</summary>
    AllowUtf8,

    /// <summary>Dots as <c>_dot_</c>.</summary>
    Dots,

    /// <summary>Behind <c>U__</c>, each character by its code.</summary>
    Values,
}
