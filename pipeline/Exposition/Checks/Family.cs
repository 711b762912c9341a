using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>What a body has told of one family so far.</summary>
internal sealed class Family(string name, Place place)
{
    public string Name { get; } = name;

    /// <summary>Its first line.</summary>
    public Place Place { get; } = place;

    public MetricType Type { get; set; }

    public bool HasType { get; set; }

    /// <summary>Its type was not understood: any sample may be its own, nothing is asked of them.</summary>
    public bool AnyType { get; set; }

    public bool HasHelp { get; set; }

    /// <summary>There was a HELP line, maybe an empty one.</summary>
    public bool HelpIsTold { get; set; }

    public string? Unit { get; set; }

    public Place UnitAt { get; set; }

    public bool HasSamples { get; set; }

    /// <summary>Different series.</summary>
    public long Series { get; set; }

    /// <summary>A line of it could not be read, so that what seems to be missing may stand there.</summary>
    public bool IsSpoilt { get; set; }

    /// <summary>Names that its samples have by now are known to the others.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Metrics by their labels, with their first lines.</summary>
    public Dictionary<Labels, Place> Metrics { get; } = [];

    /// <summary>The metric that is being read.</summary>
    public MetricLines? Current { get; set; }

    /// <summary>Label names with the place where each was first.</summary>
    public Dictionary<string, Place> LabelNames { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a sample name is one of this family; the suffix is what it adds to the name.</summary>
    public bool Owns(string sample, out string suffix)
    {
        suffix = "";
        if (!sample.StartsWith(Name, StringComparison.Ordinal)) return false;
        suffix = sample[Name.Length..];
        return SampleSuffixes.Of(Type).Contains(suffix) || (AnyType && (suffix.Length == 0 || SampleSuffixes.All.Contains(suffix)));
    }

    public void Meet(Dictionary<string, Place> labels)
    {
        foreach (var (label, place) in labels) LabelNames.TryAdd(label, place);
    }

    /// <summary>Its sample names, for a message.</summary>
    public string SampleNames => string.Join(", ", SampleSuffixes.Of(Type).Select(s => Name + s));
}
