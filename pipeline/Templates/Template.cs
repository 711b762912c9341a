namespace Streamline.Pipeline.Templates;

/// <summary>A parsed template: immutable, expanded any number of times by <see cref="TemplateRun"/> from any thread.</summary>
internal sealed class Template
{
    private Template(string name, string source, ListNode root, IReadOnlyDictionary<string, ListNode> definitions) =>
        (Name, Source, Root, Definitions) = (name, source, root, definitions);

    public string Name { get; }

    public string Source { get; }

    public ListNode Root { get; }

    /// <summary>Bodies of <c>define</c> and <c>block</c>.</summary>
    public IReadOnlyDictionary<string, ListNode> Definitions { get; }

    /// <summary>Parses a template whose root knows <paramref name="variables"/> (with their dollar) besides <c>$</c>.</summary>
    /// <exception cref="TemplateException">It does not parse.</exception>
    public static Template Parse(string name, string source, params IReadOnlyList<string> variables)
    {
        var parser = new TemplateParser(name, source, variables);
        ListNode root = parser.Run();
        return new Template(name, source, root, parser.Definitions);
    }
}
