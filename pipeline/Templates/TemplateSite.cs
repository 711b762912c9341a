using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Templates;

/// <summary>The world that templates may ask: external URL, clock of the evaluation, queries, and compiled patterns.</summary>
internal sealed record TemplateSite
{
    private const int MaxPatterns = 256; // patterns come from rule files: a handful; the bound is for those built from label values
    private readonly ConcurrentDictionary<string, Regex> _patterns = new(StringComparer.Ordinal);

    /// <summary>The server's external URL, as written in links.</summary>
    public string ExternalUrl { get; init; } = "";

    /// <summary>Evaluation time.</summary>
    public long NowMs { get; init; }

    /// <summary>Runs an instant query at the evaluation time; its samples carry <c>__name__</c>.</summary>
    public Func<string, IReadOnlyList<object?>> Query { get; init; } = _ => throw new TemplateException("query is not available here");

    /// <summary>A user's pattern, unanchored, in linear time.</summary>
    public Regex Pattern(string pattern)
    {
        if (_patterns.TryGetValue(pattern, out Regex? known)) return known;
        try
        {
            var compiled = new Regex(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            if (_patterns.Count >= MaxPatterns) _patterns.Clear();
            return _patterns[pattern] = compiled;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new TemplateException($"error parsing regexp: {error.Message}", error);
        }
    }
}
