using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>The series of one metric name that a group holds: what a POST replaces as a whole.</summary>
internal sealed class PushedFamily(string name)
{
    public string Name { get; } = name;

    public MetricType Type { get; set; }

    public string Help { get; set; } = "";

    /// <summary>Not in the journal: a restart forgets it until the next push.</summary>
    public string Unit { get; set; } = "";

    /// <summary>When it was pushed, milliseconds.</summary>
    public long PushedAtMs { get; set; }

    public List<PushedSeries> Series { get; } = [];
}

/// <summary>One series of a group with its value; written again each interval so that it stays in sight of queries.</summary>
internal sealed class PushedSeries(Labels labels, double value, NativeHistogram? histogram = null)
{
    public Labels Labels { get; } = labels;

    public double Value { get; set; } = value;

    /// <summary>Set for a native histogram, whose sum is the value.</summary>
    public NativeHistogram? Histogram { get; set; } = histogram;

    /// <summary>None while the stages drop the series.</summary>
    public SeriesHandle Handle { get; set; }

    public DropReason Dropped { get; set; }

    /// <summary>Of the router that gave the route.</summary>
    public int Generation { get; set; }

    /// <summary>Takes over the route of the series that stood here before.</summary>
    public void Follow(PushedSeries before) => (Handle, Dropped, Generation) = (before.Handle, before.Dropped, before.Generation);
}
