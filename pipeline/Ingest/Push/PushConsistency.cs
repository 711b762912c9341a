using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// What all groups hold together: names with their type, and whose each series is. A push is checked against it as the Pushgateway checks one by gathering
/// everything, without gathering everything.
/// </summary>
internal sealed class PushConsistency
{
    private readonly Dictionary<string, FamilyUse> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<Labels, Owner> _owners = [];

    private readonly record struct FamilyUse(MetricType Type, int Groups);

    private readonly record struct Owner(PushGroup Group, string Family);

    /// <summary>Enters what a group holds now.</summary>
    public void Add(PushGroup group, PushedFamily family)
    {
        var use = _families.GetValueOrDefault(family.Name);
        _families[family.Name] = new FamilyUse(family.Type, use.Groups + 1);
        foreach (var series in family.Series) _owners[series.Labels] = new Owner(group, family.Name);
    }

    /// <summary>Takes out what a group held.</summary>
    public void Remove(PushGroup group, PushedFamily family)
    {
        if (_families.TryGetValue(family.Name, out var use))
        {
            if (use.Groups == 1) _families.Remove(family.Name);
            else _families[family.Name] = use with { Groups = use.Groups - 1 };
        }
        foreach (var series in family.Series)
        {
            if (_owners.TryGetValue(series.Labels, out var owner) && owner == new Owner(group, family.Name)) _owners.Remove(series.Labels);
        }
    }

    /// <summary>Checks families that are to come into a group; those that they replace have been taken out.</summary>
    /// <exception cref="PushRefusedException">They clash with each other or with another group.</exception>
    public void Check(PushGroup group, IReadOnlyDictionary<string, PushedFamily> families)
    {
        foreach (var family in families.Values)
        {
            if (_families.TryGetValue(family.Name, out var use) && use.Type != family.Type)
                throw new PushRefusedException($"collected metric \"{family.Name}\" is not a {NameOf(use.Type)}");
            CheckSuffixes(family, families);
            foreach (var series in family.Series)
            {
                if (_owners.TryGetValue(series.Labels, out var owner) && owner.Group != group)
                    throw new PushRefusedException($"collected metric {series.Labels} was collected before with the same name and label values");
            }
        }
    }

    /// <summary>
    /// Families of the group under other names that hold a series of these: text 0.0.4 names a counter's family with its _total, OpenMetrics without.
    /// </summary>
    public IEnumerable<string> OtherNames(PushGroup group, IReadOnlyDictionary<string, PushedFamily> families)
    {
        var names = new HashSet<string>();
        foreach (var family in families.Values)
        {
            foreach (var series in family.Series)
            {
                if (_owners.TryGetValue(series.Labels, out var owner) && owner.Group == group && !families.ContainsKey(owner.Family)) names.Add(owner.Family);
            }
        }
        return names;
    }

    public static string NameOf(MetricType type) => type switch
    {
        MetricType.Counter => "COUNTER",
        MetricType.Gauge => "GAUGE",
        MetricType.Histogram => "HISTOGRAM",
        MetricType.GaugeHistogram => "GAUGE_HISTOGRAM",
        MetricType.Summary => "SUMMARY",
        _ => "UNTYPED",
    };

    // The parts of histograms and summaries are series of their own: no other family may bear their names.
    private void CheckSuffixes(PushedFamily family, IReadOnlyDictionary<string, PushedFamily> families)
    {
        foreach (string suffix in (string[])["_count", "_sum", "_bucket"])
        {
            string whole = family.Name.EndsWith(suffix, StringComparison.Ordinal) ? family.Name[..^suffix.Length] : "";
            if (TypeOf(whole, families) is { } type && HasPart(type, suffix))
                throw new PushRefusedException($"collected metric named \"{family.Name}\" collides with previously collected {type.Name()} named \"{whole}\"");
            string part = family.Name + suffix;
            if (HasPart(family.Type, suffix) && TypeOf(part, families) is not null)
                throw new PushRefusedException($"collected {family.Type.Name()} named \"{family.Name}\" collides with previously collected metric named \"{part}\"");
        }
    }

    private static bool HasPart(MetricType type, string suffix) =>
        type is MetricType.Histogram or MetricType.GaugeHistogram || type == MetricType.Summary && suffix != "_bucket";

    private MetricType? TypeOf(string name, IReadOnlyDictionary<string, PushedFamily> families)
    {
        if (name.Length == 0) return null;
        if (families.TryGetValue(name, out var pushed)) return pushed.Type;
        return _families.TryGetValue(name, out var use) ? use.Type : null;
    }
}
