using System.Text;

namespace Streamline.Pipeline.Exposition;

/// <summary>The families of an OpenMetrics body: metadata, whose sample is whose, that none is interleaved or clashes with another.</summary>
internal sealed class FamilyBook(Findings findings)
{
    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly List<Family> _order = [];

    // Sample names that the types of known families reserve.
    private readonly Dictionary<string, Family> _reserved = new(StringComparer.Ordinal);
    private Family? _current;

    /// <summary>Families with samples, in the order of the body.</summary>
    public IEnumerable<Family> Families => _order.Where(f => f.HasSamples);

    /// <summary>A metadata line.</summary>
    public void Describe(string name, MetadataKind kind, string text, Place at, Place textAt)
    {
        if (!Enter(name, at)) return;
        var family = _current!;
        if (family.HasSamples)
        {
            findings.Error(at, $"metadata of {name} stands behind its samples: move it before them");
            return;
        }
        bool fresh = kind switch
        {
            MetadataKind.Help => TakeHelp(family, text),
            MetadataKind.Type => TakeType(family, text, textAt),
            MetadataKind.Unit => TakeUnit(family, text, textAt),
        };
        if (!fresh) findings.Error(at, $"{kind.ToString().ToUpperInvariant()} of {name} is told twice: keep one line");
        else if (kind != MetadataKind.Help && family.HasHelp) findings.Note(at, "the specification would have metadata in the order TYPE, UNIT, HELP");
    }

    public void Add(SampleLine sample)
    {
        var family = OwnerOf(sample.Name);
        if (family is null) WarnOfStranger(sample);
        Enter(family?.Name ?? sample.Name, sample.At);
        family = _current!;
        Settle(family);
        family.HasSamples = true;
        family.Meet(sample.LabelNames);
        if (family.Owns(sample.Name, out string suffix))
        {
            MetricRules.Add(family, suffix, sample, findings);
            return;
        }
        findings.Error(sample.At, $"{sample.Name} is no sample of the {family.Type.Name()} {family.Name}, which has {family.SampleNames}{Renaming(family, sample.Name)}");
        family.IsSpoilt = true;
    }

    /// <summary>A sample could not be read: it may have been what its family misses.</summary>
    public void Spoil()
    {
        if (_current is not null) _current.IsSpoilt = true;
    }

    public void End()
    {
        Leave();
        foreach (var family in Families) Conventions.Check(family, findings, isOpenMetrics: true);
    }

    // False where the family has ended before, which is told.
    private bool Enter(string name, Place at)
    {
        if (_current?.Name == name) return true;
        Leave();
        if (_families.TryGetValue(name, out _current))
        {
            findings.Error(at, $"the family {name} goes on here, and others stand between: keep the lines of a family together (it began in line {_current.Place.Line})");
            return false;
        }
        _current = new Family(name, at);
        _families.Add(name, _current);
        _order.Add(_current);
        if (name[0] == '_') findings.Error(at, $"the name {name} is reserved: begin it with a letter");
        return true;
    }

    private void Leave()
    {
        if (_current is null) return;
        Settle(_current);
        MetricRules.EndMetric(_current, findings);
    }

    // Its metadata is whole: what they say together, and whether its samples could be taken for another's.
    private void Settle(Family family)
    {
        if (family.IsSettled) return;
        family.IsSettled = true;
        if (family.Unit is { Length: > 0 } && family.Type is MetricType.Info or MetricType.StateSet)
            findings.Error(family.UnitAt, $"the {family.Type.Name()} {family.Name} has a unit, which its type forbids: remove the UNIT line");
        foreach (string suffix in SampleSuffixes.Of(family.Type))
        {
            string sample = family.Name + suffix;
            if (_reserved.TryAdd(sample, family) || _reserved[sample] == family) continue;
            var other = _reserved[sample];
            findings.Error(family.Place, $"a sample {sample} could be of {family.Name} or of {other.Name} (line {other.Place.Line}): rename one of the families");
        }
    }

    private Family? OwnerOf(string sample)
    {
        if (_current is not null && (_current.Name == sample || _current.Owns(sample, out _))) return _current;
        if (_families.TryGetValue(sample, out var named)) return named;
        return SampleSuffixes.BaseOf(sample) is { } name && _families.TryGetValue(name, out var family) && family.Owns(sample, out _) ? family : null;
    }

    private void WarnOfStranger(SampleLine sample)
    {
        if (_current is { HasType: true } && SampleSuffixes.BaseOf(sample.Name) == _current.Name)
            findings.Warning(sample.At, $"{sample.Name} is no sample of the {_current.Type.Name()} {_current.Name} (which has {_current.SampleNames}), so it is a family of its own: is the type right?");
    }

    private static string Renaming(Family family, string sample)
    {
        string? shorter = SampleSuffixes.BaseOf(sample);
        return family.Name == sample && shorter is not null && SampleSuffixes.Of(family.Type).Contains(sample[shorter.Length..]) ? $": name the family {shorter}" : ": rename the sample or change the type";
    }

    private static bool TakeHelp(Family family, string text)
    {
        if (family.HelpIsTold) return false;
        family.HelpIsTold = true;
        family.HasHelp = text.Length > 0;
        return true;
    }

    private bool TakeType(Family family, string text, Place at)
    {
        if (family.HasType) return false;
        family.HasType = true;
        string word = text.Trim();
        bool known = MetricTypes.TryParseOpenMetrics(Encoding.UTF8.GetBytes(word.ToLowerInvariant()), out var type);
        family.Type = type;
        if (word == "untyped") findings.Error(at, "the type untyped is of the Prometheus text format: write unknown");
        else if (!known)
        {
            family.AnyType = true;
            findings.Error(at, $"{NameRules.Quoted(Encoding.UTF8.GetBytes(text))} is no type: there are counter, gauge, histogram, gaugehistogram, summary, info, stateset and unknown");
        }
        else if (text != type.Name()) findings.Error(at, $"the type is written \"{type.Name()}\", in lower case and without blanks");
        return true;
    }

    private bool TakeUnit(Family family, string text, Place at)
    {
        if (family.Unit is not null) return false;
        family.Unit = text;
        family.UnitAt = at;
        if (text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or ':'))) findings.Error(at, $"the unit {NameRules.Quoted(Encoding.UTF8.GetBytes(text))} has other characters than letters, digits, _ and the colon: remove them");
        else if (text.Length > 0 && !family.Name.EndsWith("_" + text, StringComparison.Ordinal)) findings.Error(at, $"the unit {text} does not end the name {family.Name}: name it {family.Name}_{text}, or remove the UNIT line");
        return true;
    }
}
