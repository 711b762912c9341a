using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Streamline.Pipeline.Config;

/// <summary>The summaries that the build leaves beside the assembly, as plain sentences; without the file there are none.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, string> _summaries = [];

    public static DocComments Load(string assemblyPath)
    {
        var comments = new DocComments();
        string file = Path.ChangeExtension(assemblyPath, ".xml");
        if (assemblyPath.Length > 0 && File.Exists(file)) comments.Read(file);
        return comments;
    }

    /// <summary>The summary of a type or property by its documentation name (<c>T:Name</c>, <c>P:Name.Property</c>), or null.</summary>
    public string? Of(string member) => _summaries.GetValueOrDefault(member);

    private void Read(string file)
    {
        try
        {
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary) _summaries[name] = Plain(summary);
            }
        }
        catch (Exception error) when (error is XmlException or IOException or UnauthorizedAccessException)
        {
            // Descriptions are a convenience: a schema without them is still a schema.
            _summaries.Clear();
        }
    }

    private static string Plain(XElement summary)
    {
        foreach (var reference in summary.Descendants().Where(e => e.Attribute("cref") is not null || e.Attribute("name") is not null).ToList())
        {
            string target = (reference.Attribute("cref") ?? reference.Attribute("name"))!.Value;
            reference.ReplaceWith(target[(target.LastIndexOfAny(['.', ':']) + 1)..]);
        }
        return Spaces().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
