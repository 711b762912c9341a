using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>A list of relabelling steps, compiled once; run on target labels, and on the labels of new series. Immutable, thread safe.</summary>
internal sealed class Relabeler : ILabelStage
{
    private readonly RelabelRule[] _rules;

    /// <exception cref="FormatException">A regular expression is invalid.</exception>
    public Relabeler(IReadOnlyList<RelabelConfig> configs, NameValidationScheme names = NameValidationScheme.Utf8) =>
        _rules = [.. configs.Select(config => new RelabelRule(config, names))];

    /// <summary>Without rules it keeps everything.</summary>
    public bool IsEmpty => _rules.Length == 0;

    /// <summary>Runs the steps in order; false as soon as one drops the series.</summary>
    public bool Keep(LabelsBuilder labels)
    {
        foreach (var rule in _rules)
        {
            if (!rule.Keep(labels)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public DropReason Apply(LabelsBuilder labels) => Keep(labels) ? DropReason.None : DropReason.Relabel;
}
