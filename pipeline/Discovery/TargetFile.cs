using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Streamline.Pipeline.Discovery;

/// <summary>The content of a file_sd file: a list of {targets, labels}, as JSON or YAML by the file's ending. Strict: other keys are errors.</summary>
internal static class TargetFile
{
    public const string FilePathLabel = "__meta_filepath";

    // A target file is read whole; nobody lists targets in a larger one.
    private const long MaxBytes = 64 << 20;

    /// <exception cref="FormatException">The content is not a list of target groups; the message says where.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<TargetGroup> Read(string path)
    {
        if (new FileInfo(path).Length > MaxBytes) throw new FormatException($"{path}: larger than 64 MiB");
        try
        {
            string text = File.ReadAllText(path);
            return path.EndsWith(".json", StringComparison.Ordinal) ? ReadJson(path, text, FilePathLabel) : ReadYaml(path, text);
        }
        catch (Exception error) when (error is JsonException or YamlException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path}: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            // So the library's scanner fails where a structure ends that nothing began.
            throw new FormatException($"{path}: not valid YAML", error);
        }
    }

    /// <summary>Reads the JSON form. <paramref name="path"/> names where it comes from, in errors and as the value of <paramref name="sourceLabel"/>.</summary>
    /// <exception cref="FormatException">It is not a list of target groups.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static List<TargetGroup> ReadJson(string path, string text, string sourceLabel)
    {
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Array) throw Wrong(path, "a list of target groups was expected");
        var groups = new List<TargetGroup>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) throw Wrong(path, "a target group was expected");
            List<string> targets = [];
            Dictionary<string, string> labels = [];
            foreach (var property in item.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "targets" when property.Value.ValueKind == JsonValueKind.Array: targets.AddRange(property.Value.EnumerateArray().Select(v => Text(path, v))); break;
                    case "labels" when property.Value.ValueKind == JsonValueKind.Object:
                        foreach (var label in property.Value.EnumerateObject()) labels[label.Name] = Text(path, label.Value);
                        break;
                    default: throw Wrong(path, $"unexpected key or value: {property.Name}");
                }
            }
            Add(groups, path, targets, labels, sourceLabel);
        }
        return groups;
    }

    private static string Text(string path, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(path, $"a string was expected, not {value.ValueKind}");

    private static List<TargetGroup> ReadYaml(string path, string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var groups = new List<TargetGroup>();
        if (stream.Documents.Count == 0) return groups;
        if (stream.Documents[0].RootNode is not YamlSequenceNode list) throw Wrong(path, "a list of target groups was expected");
        foreach (var item in list)
        {
            if (item is not YamlMappingNode group) throw Wrong(path, $"line {item.Start.Line}: a target group was expected");
            List<string> targets = [];
            Dictionary<string, string> labels = [];
            foreach (var (key, value) in group.Children)
            {
                switch (Scalar(path, key), value)
                {
                    case ("targets", YamlSequenceNode values): targets.AddRange(values.Select(v => Scalar(path, v))); break;
                    case ("labels", YamlMappingNode values):
                        foreach (var (name, label) in values.Children) labels[Scalar(path, name)] = Scalar(path, label);
                        break;
                    default: throw Wrong(path, $"line {key.Start.Line}: unexpected key or value: {key}");
                }
            }
            Add(groups, path, targets, labels, FilePathLabel);
        }
        return groups;
    }

    private static string Scalar(string path, YamlNode node) =>
        node is YamlScalarNode scalar ? scalar.Value ?? "" : throw Wrong(path, $"line {node.Start.Line}: a string was expected");

    private static void Add(List<TargetGroup> groups, string path, List<string> targets, Dictionary<string, string> labels, string sourceLabel)
    {
        labels[sourceLabel] = path;
        groups.Add(TargetGroup.Of(string.Create(CultureInfo.InvariantCulture, $"{path}:{groups.Count}"), targets, labels));
    }

    private static FormatException Wrong(string path, string reason) => new($"{path}: {reason}");
}
