using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// Labels of an aggregation: which group a series belongs to, and what the group's series are called: <c>metric:10s_by_job_code_total</c>,
/// <c>metric:10s_without_instance_sum</c>. Without a list all series of a metric are one group, as in PromQL.
/// </summary>
internal sealed class AggregateNaming
{
    private readonly byte[][] _names;
    private readonly bool _isWithout;
    private readonly string _middle;
    private readonly LabelsBuilder _labels = new();

    public AggregateNaming(AggregateStageConfig config)
    {
        _isWithout = config.Without.Count > 0;
        var names = _isWithout ? config.Without : config.By;
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        string list = names.Count == 0 ? "" : (_isWithout ? "_without_" : "_by_") + string.Join('_', names);
        Identity = $"interval={config.Interval.Ticks} match={string.Join('\n', config.Match.Items)} {(_isWithout ? "without" : "by")}={string.Join(',', names)} outputs={string.Join(',', config.Outputs)}";
        _middle = ":" + DurationText.Format((long)config.Interval.TotalMilliseconds) + list + "_";
    }

    /// <summary>Tells configurations apart whose states do not fit each other.</summary>
    public string Identity { get; }

    /// <summary>The metric's name with the labels that tell groups apart.</summary>
    public Labels KeyOf(Labels series)
    {
        _labels.Clear();
        foreach (var pair in series)
        {
            bool isName = pair.Name.SequenceEqual(Labels.MetricName);
            if (isName || IsListed(pair.Name) != _isWithout) _labels.Set(pair.Name, pair.Value);
        }
        return _labels.Build();
    }

    public Labels OutputOf(Labels key, AggregateOutput output)
    {
        string name = key.Get("__name__") + _middle + AggregateOutputs.NameOf(output);
        return _labels.Reset(key).Set("__name__", name).Build();
    }

    private bool IsListed(ReadOnlySpan<byte> name)
    {
        foreach (byte[] listed in _names)
        {
            if (name.SequenceEqual(listed)) return true;
        }
        return false;
    }
}
