using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Alerting;

/// <summary>A node of the route tree, ready to match: matchers compiled, what is inherited filled in. Immutable.</summary>
internal sealed class Route
{
    private readonly LabelMatcher[] _matchers;
    private readonly Route[] _children;
    private readonly byte[][] _groupBy;
    private readonly bool _groupByAll;
    private readonly bool _continue;

    private Route(RouteConfig config, Route? parent)
    {
        _matchers = [.. config.AllMatchers.Select(m => new LabelMatcher(m.Operator, m.Name, m.Value))];
        Key = (parent is null ? "" : parent.Key + "/") + "{" + string.Join(",", config.AllMatchers) + "}";
        Receiver = config.Receiver.Length > 0 ? config.Receiver : parent?.Receiver ?? "";
        IReadOnlyList<string> groupBy = config.GroupBy ?? parent?.GroupBy ?? [];
        GroupBy = groupBy;
        _groupByAll = groupBy is ["..."];
        _groupBy = [.. groupBy.Select(Encoding.UTF8.GetBytes)];
        GroupWaitMs = Milliseconds(config.GroupWait) ?? parent?.GroupWaitMs ?? 30_000;
        GroupIntervalMs = Milliseconds(config.GroupInterval) ?? parent?.GroupIntervalMs ?? 300_000;
        RepeatIntervalMs = Milliseconds(config.RepeatInterval) ?? parent?.RepeatIntervalMs ?? 4 * 3_600_000;
        Labels = Merged(config.Labels, parent?.Labels);
        MuteTimeIntervals = config.MuteTimeIntervals;
        ActiveTimeIntervals = config.ActiveTimeIntervals;
        _continue = config.Continue;
        _children = [.. config.Routes.Select(r => new Route(r, this))];
    }

    /// <summary>Path of matchers from the root: part of group keys, so its form is Alertmanager's.</summary>
    public string Key { get; }

    public string Receiver { get; }

    public IReadOnlyList<string> GroupBy { get; }

    public long GroupWaitMs { get; }

    public long GroupIntervalMs { get; }

    public long RepeatIntervalMs { get; }

    /// <summary>Route labels as written; inherited and merged.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Not inherited, as in Alertmanager.</summary>
    public IReadOnlyList<string> MuteTimeIntervals { get; }

    public IReadOnlyList<string> ActiveTimeIntervals { get; }

    public static Route Build(RouteConfig root) => new(root, null);

    /// <summary>
    /// The routes that take an alert: depth first; children before their parent, which takes it only when none of them does; the first matching child without
    /// <c>continue</c> ends the search among its siblings.
    /// </summary>
    public void Match(Labels labels, List<Route> taken)
    {
        int before = taken.Count;
        foreach (Route child in _children)
        {
            if (!child.Accepts(labels)) continue;
            child.Match(labels, taken);
            if (!child._continue) break;
        }
        if (taken.Count == before) taken.Add(this);
    }

    /// <summary>The labels that name the group of an alert.</summary>
    public Labels GroupLabels(Labels labels)
    {
        if (_groupByAll) return labels;
        var builder = new LabelsBuilder();
        foreach (byte[] name in _groupBy)
        {
            var value = labels.ValueOf(name);
            if (!value.IsEmpty) builder.Set(name, value);
        }
        return builder.Build();
    }

    private bool Accepts(Labels labels)
    {
        foreach (LabelMatcher matcher in _matchers)
        {
            if (!matcher.Matches(labels.ValueOf(matcher.NameUtf8.Span))) return false;
        }
        return true;
    }

    private static long? Milliseconds(TimeSpan? time) => (long?)time?.TotalMilliseconds;

    private static Dictionary<string, string> Merged(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string>? inherited)
    {
        var merged = new Dictionary<string, string>(inherited ?? ConfigDefaults.NoStrings, StringComparer.Ordinal);
        foreach (var (name, value) in own) merged[name] = value;
        return merged;
    }
}
