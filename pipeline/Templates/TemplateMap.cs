using Streamline.Storage;

namespace Streamline.Pipeline.Templates;

/// <summary>A map of template data, sorted by key (ordinal), as Go prints and ranges over maps. A missing key gives the second argument.</summary>
internal sealed class TemplateMap(IReadOnlyList<KeyValuePair<string, object?>> sorted, object? missing)
{
    public IReadOnlyList<KeyValuePair<string, object?>> Entries { get; } = sorted;

    /// <summary>Labels as <c>map[string]string</c>: an absent label is the empty string.</summary>
    public static TemplateMap Of(Labels labels)
    {
        var entries = new List<KeyValuePair<string, object?>>();
        foreach (var pair in labels) entries.Add(new(pair.NameString, pair.ValueString));
        return new TemplateMap(entries, "");
    }

    public object? this[string key]
    {
        get
        {
            foreach (var entry in Entries)
            {
                if (entry.Key == key) return entry.Value;
            }
            return missing;
        }
    }
}

/// <summary>One series of a template's <c>query</c>.</summary>
internal sealed record TemplateSample(TemplateMap Labels, double Value);

/// <summary>What an alert's template sees as its dot.</summary>
internal sealed record TemplateData(TemplateMap Labels, TemplateMap ExternalLabels, string ExternalUrl, object Value)
{
    /// <summary>Field by Go's name; false when the data has no such field.</summary>
    public bool TryField(string name, out object? value)
    {
        value = name switch
        {
            "Labels" => Labels,
            "ExternalLabels" => ExternalLabels,
            "ExternalURL" => ExternalUrl,
            "Value" => Value,
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>A duration value (Go's time.Duration), nanoseconds.</summary>
internal readonly record struct TemplateDuration(long Nanoseconds);

/// <summary>A point in time (Go's time.Time in UTC).</summary>
internal readonly record struct TemplateTime(long UnixSeconds, int Nanoseconds);
