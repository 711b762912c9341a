using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Streamline.Pipeline.Config;

/// <summary>
/// Text to tree, with positions. YamlDotNet's parser supplies the events; the tree is ours because its own representation stops at the
/// first duplicate key and knows no merge keys. Only the first document is read, as Prometheus does.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Deeper nesting is refused: reading is recursive.</summary>
    private const int MaxDepth = 100;

    /// <summary>Values of a file with every alias written out: aliases of aliases grow a file of a few lines without end.</summary>
    private const long MaxExpandedValues = 1_000_000;

    private readonly Parser _parser;
    private readonly string _file;
    private readonly ConfigErrors _errors;
    private readonly Dictionary<string, (YamlNode Node, long Values)> _anchors = [];
    private long _values;

    private YamlReader(string text, string file, ConfigErrors errors)
    {
        _parser = new Parser(new StringReader(text));
        _file = file;
        _errors = errors;
    }

    /// <summary>The root value; null for an empty file and after a syntax error, which is then among the errors.</summary>
    public static YamlNode? Read(string text, string file, ConfigErrors errors)
    {
        var reader = new YamlReader(text, file, errors);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            errors.Add(reader.At(e.Start), "", "not valid YAML: " + e.Message);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The library's scanner fails so where a structure ends that nothing began.
            errors.Add(reader.At(reader._parser.Current?.End ?? Mark.Empty), "", "not valid YAML behind this place");
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second)) _errors.Warn(At(second.Start), "", "only the first YAML document of a file is read");
        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Consume<ParsingEvent>();
        if (depth > MaxDepth) throw new YamlException(current.Start, current.End, $"nested deeper than {MaxDepth} levels");
        if (current is AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out var target)) throw new YamlException(alias.Start, alias.End, $"unknown anchor \"{alias.Value.Value}\"");
            Count(alias, target.Values);
            return target.Node;
        }
        long before = _values;
        Count(current, 1);
        YamlNode node = current switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart start => ReadSequence(start, depth),
            MappingStart start => ReadMapping(start, depth),
            _ => throw new YamlException(current.Start, current.End, "unexpected content"),
        };
        // Registered when it is complete: an alias inside its own anchor would be an endless tree.
        if (current is NodeEvent { Anchor.IsEmpty: false } named) _anchors[named.Anchor.Value] = (node, _values - before);
        return node;
    }

    private void Count(ParsingEvent at, long values)
    {
        _values += values;
        if (_values > MaxExpandedValues) throw new YamlException(at.Start, at.End, $"more than {MaxExpandedValues} values once its aliases are written out");
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        string text = tag == "tag:yaml.org,2002:binary" ? ReadBinary(scalar) : scalar.Value;
        bool isPlain = scalar.Style == ScalarStyle.Plain && tag is not ("tag:yaml.org,2002:str" or "tag:yaml.org,2002:binary" or "!");
        isPlain |= tag is "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool";
        return new YamlScalar(At(scalar.Start), text, isPlain);
    }

    private string ReadBinary(Scalar scalar)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(scalar.Value));
        }
        catch (ArgumentException)
        {
            _errors.Add(At(scalar.Start), "", "the binary value is not valid UTF-8");
        }
        catch (FormatException)
        {
            _errors.Add(At(scalar.Start), "", "the binary value is not valid base64");
        }
        return "";
    }

    private YamlSequence ReadSequence(SequenceStart start, int depth)
    {
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new YamlSequence(At(start.Start), items);
    }

    private YamlMapping ReadMapping(MappingStart start, int depth)
    {
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        var seen = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        var merged = new List<YamlNode>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar name) _errors.Add(key.Position, "", $"a key must be a scalar, not a {key.Kind}");
            else if (name is { IsPlain: true, Text: "<<" }) merged.Add(value);
            else if (seen.TryAdd(name.Text, name)) entries.Add(new(name, value));
            else _errors.Add(name.Position, "", $"key \"{name.Text}\" is already set in this mapping, on line {seen[name.Text].Position.Line}");
        }
        foreach (var source in merged) Merge(source, entries, seen);
        return new YamlMapping(At(start.Start), entries);
    }

    /// <summary>A merge key: what is not set yet comes from the mapping, or from each mapping of a list, the first winning.</summary>
    private void Merge(YamlNode source, List<KeyValuePair<YamlScalar, YamlNode>> entries, Dictionary<string, YamlScalar> seen)
    {
        switch (source)
        {
            case YamlMapping mapping:
                entries.AddRange(mapping.Entries.Where(e => seen.TryAdd(e.Key.Text, e.Key)));
                break;
            case YamlSequence sequence when sequence.Items.All(i => i is YamlMapping):
                foreach (var item in sequence.Items) Merge(item, entries, seen);
                break;
            default:
                _errors.Add(source.Position, "", "a merge key needs a mapping, or a list of mappings");
                break;
        }
    }

    private ConfigPosition At(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);
}
