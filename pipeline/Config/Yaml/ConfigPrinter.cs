using System.Collections;
using System.Text.RegularExpressions;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>
/// Records back to YAML: the effective values, secrets masked. The same shapes as for binding, so whatever can be read can be shown. Left
/// out is what is empty, was not written and is the default.
/// </summary>
internal sealed partial class ConfigPrinter
{
    /// <summary>Parts of the keys whose values are secrets in blocks that no class describes.</summary>
    private static readonly string[] SecretWords = ["password", "passphrase", "secret", "token", "credentials", "_key", "webhook", "api_url", "headers"];

    private readonly YamlWriter _writer = new();
    private readonly bool _reveals;

    private ConfigPrinter(bool reveals) => _reveals = reveals;

    /// <summary>For people.</summary>
    public static string Print(ConfigNode node) => Print(node, reveals: false);

    /// <summary>Whether two configurations mean the same: what a reload keeps.</summary>
    public static bool AreSame(ConfigNode left, ConfigNode right) =>
        left.GetType() == right.GetType() && Print(left, reveals: true) == Print(right, reveals: true);

    private static string Print(ConfigNode node, bool reveals)
    {
        var printer = new ConfigPrinter(reveals);
        printer.Record(node);
        return printer._writer.ToString();
    }

    private void Record(ConfigNode node)
    {
        var shape = RecordShape.Of(node.GetType());
        var defaults = (ConfigNode)Activator.CreateInstance(shape.Type)!;
        Keys(shape, node, defaults);
    }

    private void Keys(RecordShape shape, ConfigNode node, ConfigNode defaults)
    {
        // What was written matters to people; to a comparison only what it means.
        foreach (var key in shape.Keys) Value(key, key.Property.GetValue(node), key.Property.GetValue(defaults), !_reveals && node.Origin.Has(key.Name));
        foreach (var (property, inner) in shape.Inlined) Keys(inner, (ConfigNode)property.GetValue(node)!, (ConfigNode)property.GetValue(defaults)!);
        if (shape.Others is not { } others) return;
        var entries = ((IEnumerable)others.Property.GetValue(node)!).Cast<object>()
            .Select(e => e is UnbuiltSdConfig sd ? (sd.Kind, sd.Raw) : (((UnbuiltReceiverConfig)e).Kind, ((UnbuiltReceiverConfig)e).Raw));
        foreach (var kind in entries.GroupBy(e => e.Kind)) RawList(kind.Key + others.Suffix, [.. kind.Select(e => e.Raw)]);
    }

    private void Value(KeyShape key, object? value, object? byDefault, bool isWritten)
    {
        if (value is null) return;
        if (ScalarType.Of(Nullable.GetUnderlyingType(key.Type) ?? key.Type) is { } scalar)
        {
            bool isShown = isWritten || !Equals(value, byDefault) || !IsZero(value);
            if (isShown && !(value is Secret { IsEmpty: true })) _writer.Pair(key.Name, Text(scalar, value), scalar.IsText);
            return;
        }
        switch (value)
        {
            case OneOrMany many: List(key.Name, many.Items.Select(i => (object)i), typeof(string), isWritten); break;
            case YamlNode raw: Raw(key.Name, raw, masked: false); break;
            case ConfigNode record: Block(key, record, isWritten); break;
            case IEnumerable list when key.IsNamedMap: NamedMap(key.Name, list.Cast<ConfigNode>()); break;
            case IEnumerable map when key.Type.GenericTypeArguments is [_, var valueType]: Map(key.Name, map, valueType, isWritten); break;
            case IEnumerable list: List(key.Name, list.Cast<object>(), key.Type.GenericTypeArguments[0], isWritten || key.IsNullable); break;
        }
    }

    /// <summary>An empty block is shown only where it means something: a choice, or something that could be absent.</summary>
    private void Block(KeyShape key, ConfigNode record, bool isWritten)
    {
        if (Print(record, _reveals).Length == 0)
        {
            if (isWritten || key.IsNullable) _writer.PairRaw(key.Name, "{}");
            return;
        }
        _writer.Key(key.Name);
        _writer.Begin();
        Record(record);
        _writer.End();
    }

    private void List(string name, IEnumerable<object> items, Type itemType, bool isShownEmpty)
    {
        var all = items.ToList();
        if (all.Count == 0)
        {
            if (isShownEmpty) _writer.PairRaw(name, "[]");
            return;
        }
        _writer.Key(name);
        foreach (object item in all) Item(item, itemType);
    }

    private void Item(object item, Type type)
    {
        if (item is ConfigNode record)
        {
            if (Print(record, _reveals).Length == 0)
            {
                _writer.ItemRaw("{}");
                return;
            }
            _writer.BeginItem();
            Record(record);
            _writer.EndItem();
        }
        else if (item is MatcherList matchers) _writer.Item(matchers.Text, isText: true);
        else if (ScalarType.Of(type) is { } scalar) _writer.Item(Text(scalar, item), scalar.IsText);
    }

    private void Map(string name, IEnumerable entries, Type valueType, bool isShownEmpty)
    {
        var pairs = entries.Cast<object>().Select(e => (Key: (string)e.GetType().GetProperty("Key")!.GetValue(e)!, Value: e.GetType().GetProperty("Value")!.GetValue(e)!)).ToList();
        if (pairs.Count == 0)
        {
            if (isShownEmpty) _writer.PairRaw(name, "{}");
            return;
        }
        _writer.Key(name);
        _writer.Begin();
        foreach (var (key, value) in pairs.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (value is ConfigNode record)
            {
                _writer.Key(key);
                _writer.Begin();
                Record(record);
                _writer.End();
            }
            else if (ScalarType.Of(valueType) is { } scalar) _writer.Pair(key, Text(scalar, value), scalar.IsText);
            else List(key, ((IEnumerable)value).Cast<object>(), valueType.GenericTypeArguments[0], isShownEmpty: true);
        }
        _writer.End();
    }

    private void NamedMap(string name, IEnumerable<ConfigNode> items)
    {
        var all = items.ToList();
        if (all.Count == 0) return;
        _writer.Key(name);
        _writer.Begin();
        foreach (var item in all)
        {
            string key = item is PipelineConfig pipeline ? pipeline.Name : ((SinkConfig)item).Name;
            bool isEmpty = Print(item, _reveals).Length == 0;
            if (isEmpty) _writer.PairRaw(key, "{}");
            else _writer.Key(key);
            _writer.Begin();
            Record(item);
            _writer.End();
        }
        _writer.End();
    }

    private void RawList(string name, IReadOnlyList<YamlNode> items)
    {
        _writer.Key(name);
        foreach (var item in items) RawItem(item, masked: false);
    }

    private void Raw(string name, YamlNode node, bool masked)
    {
        masked |= IsSecretKey(name);
        switch (node)
        {
            case YamlScalar scalar when masked && !_reveals && scalar.Text.Length > 0: _writer.Pair(name, Secret.Mask, isText: true); break;
            case YamlScalar scalar: _writer.Pair(name, Shown(scalar.Text), isText: !scalar.IsPlain); break;
            case YamlSequence { Items.Count: 0 }: _writer.PairRaw(name, "[]"); break;
            case YamlMapping { Entries.Count: 0 }: _writer.PairRaw(name, "{}"); break;
            case YamlSequence sequence:
                _writer.Key(name);
                foreach (var item in sequence.Items) RawItem(item, masked);
                break;
            case YamlMapping mapping:
                _writer.Key(name);
                _writer.Begin();
                foreach (var (key, value) in mapping.Entries) Raw(key.Text, value, masked);
                _writer.End();
                break;
        }
    }

    private void RawItem(YamlNode node, bool masked)
    {
        switch (node)
        {
            case YamlScalar when masked && !_reveals: _writer.Item(Secret.Mask, isText: true); break;
            case YamlScalar scalar: _writer.Item(Shown(scalar.Text), isText: !scalar.IsPlain); break;
            case YamlMapping { Entries.Count: > 0 } mapping:
                _writer.BeginItem();
                foreach (var (key, value) in mapping.Entries) Raw(key.Text, value, masked);
                _writer.EndItem();
                break;
            case YamlSequence { Items.Count: > 0 } sequence:
                _writer.BeginItem();
                foreach (var item in sequence.Items) RawItem(item, masked);
                _writer.EndItem();
                break;
            default: _writer.ItemRaw(node is YamlMapping ? "{}" : "[]"); break;
        }
    }

    /// <summary>A file's or a service's address is no secret, what stands in it is.</summary>
    private static bool IsSecretKey(string key) =>
        !key.EndsWith("_file", StringComparison.Ordinal) && key is not "token_url" and not "access_key" && SecretWords.Any(w => key.Contains(w, StringComparison.OrdinalIgnoreCase));

    private string Text(ScalarType scalar, object value) => value is Secret secret && _reveals ? secret.Reveal() : Shown(scalar.Format(value));

    /// <summary>Passwords hide in addresses too.</summary>
    private string Shown(string text) => _reveals ? text : PasswordInAddress().Replace(text, "$1" + Secret.Mask + "@");

    private static bool IsZero(object value) => value is "" or false or 0 or 0L or 0UL or 0.0 || value is TimeSpan { Ticks: 0 } || value is ByteSize { Bytes: 0 };

    [GeneratedRegex(@"(\w://[^/?#@:\s]*:)[^/?#\s]*@")]
    private static partial Regex PasswordInAddress();
}
