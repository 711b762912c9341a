using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>One sample of an OpenMetrics body with the places of its parts; used again for the next line.</summary>
internal sealed class SampleLine
{
    public string Name { get; set; } = "";

    /// <summary>Labels without the name, escapes resolved.</summary>
    public LabelsBuilder Labels { get; } = new();

    /// <summary>Names of the labels, those with empty values included.</summary>
    public Dictionary<string, Place> LabelNames { get; } = new(StringComparer.Ordinal);

    public double Value { get; set; }

    /// <summary>Seconds.</summary>
    public double? Timestamp { get; set; }

    public double? ExemplarValue { get; set; }

    public Place At { get; private set; }

    public Place ValueAt { get; set; }

    public Place TimestampAt { get; set; }

    public Place ExemplarAt { get; set; }

    public void Clear(Place at)
    {
        At = at;
        Name = "";
        Labels.Clear();
        LabelNames.Clear();
        Timestamp = ExemplarValue = null;
    }
}
