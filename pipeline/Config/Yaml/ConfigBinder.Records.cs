using System.Collections;
using System.Reflection;

namespace Streamline.Pipeline.Config;

/// <summary>Mappings to records.</summary>
internal sealed partial class ConfigBinder
{
    private static readonly PropertyInfo OriginProperty = typeof(ConfigNode).GetProperty(nameof(ConfigNode.Origin))!;

    private object? BindRecord(RecordShape shape, YamlNode node, string path, Place place, object? current)
    {
        if (IsNull(node)) return current;
        var record = (ConfigNode)(current ?? Activator.CreateInstance(shape.Type)!);
        var mapping = node as YamlMapping ?? Expand(shape, node);
        if (mapping is null) return Fail(node, path, $"expected a mapping, found a {node.Kind}");
        var positions = new Dictionary<string, ConfigPosition>(StringComparer.Ordinal);
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var blank = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries)
        {
            positions[key.Text] = value.Position;
            object? bound = BindKey(shape, record, key, value, path, place);
            if (ReferenceEquals(bound, Failed)) failed.Add(key.Text);
            if (bound is null or "" or Secret { IsEmpty: true }) blank.Add(key.Text);
        }
        Finish(shape, record, new ConfigOrigin(mapping.Position, path, positions, failed, blank));
        return record;
    }

    /// <summary>A scalar in the place of a record that has a short form.</summary>
    private static YamlMapping? Expand(RecordShape shape, YamlNode node)
    {
        if (shape.Shorthand is null || node is not YamlScalar) return null;
        var entries = shape.Shorthand.Select(key => KeyValuePair.Create(new YamlScalar(node.Position, key, true), node));
        return new YamlMapping(node.Position, [.. entries]);
    }

    /// <summary>Sets one key and gives its value; <see cref="Failed"/> when it is reported.</summary>
    private object? BindKey(RecordShape shape, ConfigNode record, YamlScalar key, YamlNode value, string path, Place place)
    {
        string keyPath = path.Length == 0 ? key.Text : $"{path}.{key.Text}";
        if (Find(shape, record, key.Text) is var (owner, known))
        {
            object? bound = BindKnown(shape, owner, known, value, keyPath, place);
            if (ReferenceEquals(bound, Failed)) return Failed;
            if (known.HasNoEffectYet) errors.Warn(key.Position, keyPath, $"\"{key.Text}\" is accepted but has no effect yet");
            known.Property.SetValue(owner, bound);
            if (known.NamesFileToRead && bound is string { Length: > 0 } file && !File.Exists(file)) errors.Warn(value.Position, keyPath, $"there is no file {file}: what needs it fails until there is");
            return bound;
        }
        if (FindOther(shape, record, key.Text) is var (holder, others, kind)) return BindOther(holder, others, kind, value, keyPath) ? holder : Failed;
        errors.Add(key.Position, keyPath, $"unknown key \"{key.Text}\"", NearestName.Of(key.Text, shape.Names));
        return Failed;
    }

    private object? BindKnown(RecordShape shape, ConfigNode owner, KeyShape key, YamlNode value, string path, Place place)
    {
        var inner = new Place(place.IsLiteral || key.IsLiteral, key.IsPath);
        if (key.IsNamedMap) return BindNamedMap(key.Type.GenericTypeArguments[0], value, path);
        object? current = key.Type.IsAssignableTo(typeof(ConfigNode)) ? key.Property.GetValue(owner) : null;
        // "host:" alone chooses the host source with all of its defaults.
        if (shape.Choice is not null && IsNull(value) && key.Type.IsAssignableTo(typeof(ConfigNode))) value = new YamlMapping(value.Position, []);
        if (IsNull(value) && key.IsNullable && shape.Choice is null) return null;
        if (key.IsDefaultWhenBlank && (IsNull(value) || value is YamlScalar { Text: "" })) return key.Property.GetValue(owner);
        object? bound = Bind(key.Type, value, path, inner, current);
        return bound is null && !key.IsNullable && !key.Type.IsValueType ? key.Property.GetValue(owner) : bound;
    }

    private object? BindNamedMap(Type itemType, YamlNode node, string path)
    {
        if (IsNull(node)) return Array.CreateInstance(itemType, 0);
        if (node is not YamlMapping mapping) return Fail(node, path, $"expected a mapping from name to definition, found a {node.Kind}");
        var items = new List<object>();
        foreach (var (key, value) in mapping.Entries)
        {
            var written = IsNull(value) ? new YamlMapping(key.Position, []) : value;
            object? bound = Bind(itemType, written, $"{path}.{key.Text}", new Place(false, false), null);
            if (bound is null || ReferenceEquals(bound, Failed)) continue;
            itemType.GetProperty("Name")!.SetValue(bound, key.Text);
            items.Add(bound);
        }
        var list = Array.CreateInstance(itemType, items.Count);
        for (int i = 0; i < items.Count; i++) list.SetValue(items[i], i);
        return list;
    }

    private bool BindOther(ConfigNode holder, OtherKeys others, string kind, YamlNode value, string path)
    {
        if (IsNull(value)) return true;
        if (value is not YamlSequence sequence)
        {
            Fail(value, path, $"expected a list, found a {value.Kind}");
            return false;
        }
        bool isDiscovery = others.Suffix == "_sd_configs";
        string what = isDiscovery ? UnbuiltSdConfig.WarningOf(kind) : $"notification by {kind} is not built yet: nothing is sent";
        var entries = ((IEnumerable)others.Property.GetValue(holder)!).Cast<object>().ToList();
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            var item = sequence.Items[i];
            if (item is not YamlMapping raw) Fail(item, $"{path}[{i}]", IsNull(item) ? "empty entry in a list" : $"expected a mapping, found a {item.Kind}");
            else entries.Add(isDiscovery ? new UnbuiltSdConfig(kind, raw.Position, raw) : new UnbuiltReceiverConfig(kind, raw.Position, raw));
            if (isDiscovery && item is YamlMapping mechanism)
            {
                DiscoveryChecks.CheckRaw(mechanism, $"{path}[{i}]", errors);
                MechanismChecks.Check(kind, mechanism, $"{path}[{i}]", errors);
            }
            errors.Warn(item.Position, $"{path}[{i}]", what);
        }
        var list = Array.CreateInstance(others.Property.PropertyType.GenericTypeArguments[0], entries.Count);
        for (int i = 0; i < entries.Count; i++) list.SetValue(entries[i], i);
        others.Property.SetValue(holder, list);
        return true;
    }

    /// <summary>The record, this or one inlined in it, that owns a key.</summary>
    private static (ConfigNode Owner, KeyShape Key)? Find(RecordShape shape, ConfigNode record, string name)
    {
        if (shape.Keys.Find(k => k.Name == name) is { } key) return (record, key);
        foreach (var (property, inner) in shape.Inlined)
        {
            if (Find(inner, (ConfigNode)property.GetValue(record)!, name) is { } found) return found;
        }
        return null;
    }

    private static (ConfigNode Holder, OtherKeys Others, string Kind)? FindOther(RecordShape shape, ConfigNode record, string name)
    {
        if (shape.Others?.KindOf(name) is { } kind) return (record, shape.Others, kind);
        foreach (var (property, inner) in shape.Inlined)
        {
            if (FindOther(inner, (ConfigNode)property.GetValue(record)!, name) is { } found) return found;
        }
        return null;
    }

    /// <summary>Gives the record and those inlined in it their origin, then checks them.</summary>
    private void Finish(RecordShape shape, ConfigNode record, ConfigOrigin origin)
    {
        OriginProperty.SetValue(record, origin);
        foreach (var (property, inner) in shape.Inlined) Finish(inner, (ConfigNode)property.GetValue(record)!, origin);
        CheckRequired(shape, record, origin);
        CheckChoice(shape, origin);
        record.Check(errors);
    }

    private void CheckRequired(RecordShape shape, ConfigNode record, ConfigOrigin origin)
    {
        foreach (var key in shape.Keys)
        {
            if (!key.IsRequired || origin.Failed.Contains(key.Name)) continue;
            if (!origin.Has(key.Name)) errors.Add(origin.Position, origin.PathOf(key.Name), $"missing key \"{key.Name}\"");
            else if (IsBlank(key.Property.GetValue(record))) errors.Add(origin.At(key.Name), origin.PathOf(key.Name), $"\"{key.Name}\" must not be empty");
        }
    }

    private void CheckChoice(RecordShape shape, ConfigOrigin origin)
    {
        if (shape.Choice is null) return;
        var kinds = shape.Keys.Where(k => !k.IsBeside).Select(k => k.Name).ToList();
        var written = kinds.Where(origin.Has).ToList();
        string all = string.Join(", ", kinds);
        if (written.Count > 1) errors.Add(origin.At(written[1]), origin.Path, $"a {shape.Choice} is one of {all}; this one is {string.Join(" and ", written)}");
        if (written.Count == 0 && origin.Failed.Count == 0) errors.Add(origin.Position, origin.Path, $"a {shape.Choice} is one of {all}; this one is none");
    }

    private static bool IsBlank(object? value) => value switch
    {
        null or "" => true,
        Secret secret => secret.IsEmpty,
        OneOrMany many => many.Items.Count == 0,
        ICollection collection => collection.Count == 0,
        _ => false,
    };
}
