namespace Streamline.Query.Syntax;

/// <summary>What an <c>@</c> modifier pins a selector to.</summary>
public enum AtAnchor
{
    /// <summary><c>@ 1234.5</c></summary>
    Timestamp,

    /// <summary><c>@ start()</c>: start of the range query.</summary>
    Start,

    /// <summary><c>@ end()</c>: end of the range query.</summary>
    End,
}

/// <summary>An <c>@</c> modifier; the time counts for <see cref="AtAnchor.Timestamp"/> only.</summary>
public readonly record struct AtModifier(AtAnchor Anchor, long TimestampMs = 0)
{
    /// <summary>The pinned time in a query from start to end (equal for an instant query).</summary>
    public long Resolve(long startMs, long endMs) => Anchor switch
    {
        AtAnchor.Timestamp => TimestampMs,
        AtAnchor.Start => startMs,
        AtAnchor.End => endMs,
    };
}
