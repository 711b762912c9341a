using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// Labels of points: their attributes, then what the resource and the scope give to each of their points (reference W19). Attributes whose names meet once
/// they are escaped share a label, values joined by <c>;</c>.
/// </summary>
internal sealed class OtlpLabels(OtlpConfig config, OtlpNames names)
{
    private static readonly string[] Identifying = ["service.namespace", "service.name", "service.instance.id"];

    private readonly Dictionary<string, string?> _names = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Value)> _promoted = [];
    private readonly List<(string Name, string Value)> _scope = [];
    private string _job = "", _instance = "";

    /// <summary>Labels that two attributes of different names went into.</summary>
    public int Collisions { get; private set; }

    /// <summary>Turns to a resource: job, instance and what is promoted.</summary>
    public void Use(OtlpResource resource)
    {
        string service = Find(resource, "service.name"), space = Find(resource, "service.namespace");
        _job = service.Length > 0 && space.Length > 0 ? space + "/" + service : service;
        _instance = Find(resource, "service.instance.id");
        _promoted.Clear();
        foreach (var attribute in resource.Attributes.Where(IsPromoted))
        {
            if (LabelName(attribute.Name) is { } name) _promoted.Add((name, attribute.Value));
        }
    }

    /// <summary>Turns to a scope.</summary>
    public void Use(OtlpScope scope)
    {
        _scope.Clear();
        if (!config.PromoteScopeMetadata) return;
        foreach (var attribute in scope.Attributes)
        {
            if (LabelName("otel_scope_" + attribute.Name) is { } name) _scope.Add((name, attribute.Value));
        }
        _scope.Add(("otel_scope_name", scope.Name));
        _scope.Add(("otel_scope_version", scope.Version));
        _scope.Add(("otel_scope_schema_url", scope.SchemaUrl));
    }

    /// <summary>Fills the builder with a point's labels, its name excepted; an attribute name without a usable character is the error.</summary>
    public string? Fill(List<OtlpAttribute> attributes, LabelsBuilder labels)
    {
        labels.Clear();
        if (AddAttributes(attributes, labels, []) is { } error) return error;
        foreach (var (name, value) in _promoted)
        {
            if (labels.ValueOf(System.Text.Encoding.UTF8.GetBytes(name)).IsEmpty) labels.Set(name, value);
        }
        AddIdentity(labels);
        foreach (var (name, value) in _scope) labels.Set(name, value);
        return null;
    }

    /// <summary>Labels of the resource's <c>target_info</c>; false when it would say nothing more than job and instance do, or nobody could join it.</summary>
    public bool TryFillTargetInfo(OtlpResource resource, LabelsBuilder labels)
    {
        labels.Clear();
        bool saysMore = resource.Attributes.Exists(a => !Identifying.Contains(a.Name));
        if (!saysMore || _job.Length == 0 && _instance.Length == 0) return false;
        if (AddAttributes(resource.Attributes, labels, config.KeepIdentifyingResourceAttributes ? [] : Identifying) is not null) return false;
        AddIdentity(labels);
        labels.Set("__name__", "target_info");
        return true;
    }

    private void AddIdentity(LabelsBuilder labels)
    {
        if (_job.Length > 0) labels.Set("job", _job);
        if (_instance.Length > 0) labels.Set("instance", _instance);
    }

    // In the order of their names, so that joined values do not depend on the sender's order.
    private string? AddAttributes(List<OtlpAttribute> attributes, LabelsBuilder labels, string[] without)
    {
        attributes.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (var (name, value) in attributes)
        {
            if (name == "__name__" || without.Contains(name)) continue;
            if (LabelName(name) is not { } label) return $"attribute \"{name}\" gives no label name";
            byte[] key = System.Text.Encoding.UTF8.GetBytes(label);
            string before = names.Escapes ? System.Text.Encoding.UTF8.GetString(labels.ValueOf(key)) : "";
            if (before.Length > 0) Collisions++;
            string joined = before.Length > 0 ? before + ";" + value : value;
            if (joined.Length > OtlpBudget.MaxTextLength) return $"attributes that share the label \"{label}\" have more than {OtlpBudget.MaxTextLength} characters together";
            labels.Set(label, joined);
        }
        return null;
    }

    private bool IsPromoted(OtlpAttribute attribute) =>
        config.PromoteAllResourceAttributes ? !config.IgnoreResourceAttributes.Contains(attribute.Name) : config.PromoteResourceAttributes.Contains(attribute.Name);

    private string? LabelName(string attribute)
    {
        if (!_names.TryGetValue(attribute, out string? name)) _names[attribute] = name = names.Label(attribute);
        return name;
    }

    private static string Find(OtlpResource resource, string name) => resource.Attributes.Find(a => a.Name == name).Value ?? "";
}
