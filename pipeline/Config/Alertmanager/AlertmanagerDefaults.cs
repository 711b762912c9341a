using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>Checks an alertmanager section and fills in what routes inherit and receivers take from <c>global</c>.</summary>
internal sealed class AlertmanagerDefaults(AlertmanagerConfig config, ConfigErrors errors)
{
    private readonly HashSet<string> _receivers = [.. config.Receivers.Select(r => r.Name)];
    private readonly HashSet<string> _intervals = [.. config.TimeIntervals.Concat(config.MuteTimeIntervals).Select(t => t.Name)];

    public static AlertmanagerConfig Apply(AlertmanagerConfig config, ConfigErrors errors) => new AlertmanagerDefaults(config, errors).Run();

    private AlertmanagerConfig Run()
    {
        Unique(config.Receivers, r => r.Name, "receiver");
        Unique(config.TimeIntervals.Concat(config.MuteTimeIntervals), t => t.Name, "time interval");
        return config with
        {
            Route = Root(),
            Receivers = [.. config.Receivers.Select(Inherit)],
            InhibitRules = [.. config.InhibitRules.Select(Gather)],
        };
    }

    private RouteConfig? Root()
    {
        if (config.Route is not { } root)
        {
            if (!config.Origin.Failed.Contains("route")) errors.Add(config, "route", "an alertmanager section needs a \"route\"");
            return null;
        }
        if (root.Receiver.Length == 0 && !root.Origin.Failed.Contains("receiver")) errors.Add(root, "receiver", "the root route needs a \"receiver\"");
        foreach (string key in (string[])["matchers", "match", "match_re"])
        {
            if (root.Origin.Has(key)) errors.Add(root, key, "the root route matches everything: it takes no matchers");
        }
        foreach (string key in (string[])["mute_time_intervals", "active_time_intervals"])
        {
            if (root.Origin.Has(key)) errors.Add(root, key, $"the root route takes no \"{key}\"");
        }
        if (root.Continue) errors.Add(root, "continue", "the root route takes no \"continue\"");
        var defaults = new RouteConfig { GroupBy = [], GroupWait = TimeSpan.FromSeconds(30), GroupInterval = TimeSpan.FromMinutes(5), RepeatInterval = TimeSpan.FromHours(4) };
        return Fill(root, defaults);
    }

    /// <summary>Inherited: receiver, grouping, the three timings, labels. Not inherited: matchers, continue, time intervals.</summary>
    private RouteConfig Fill(RouteConfig route, RouteConfig parent)
    {
        CheckRoute(route);
        var labels = new Dictionary<string, string>(parent.Labels, StringComparer.Ordinal);
        foreach (var (name, value) in route.Labels) labels[name] = value;
        var filled = route with
        {
            Receiver = route.Receiver.Length > 0 ? route.Receiver : parent.Receiver,
            GroupBy = route.GroupBy ?? parent.GroupBy,
            GroupWait = route.GroupWait ?? parent.GroupWait,
            GroupInterval = route.GroupInterval ?? parent.GroupInterval,
            RepeatInterval = route.RepeatInterval ?? parent.RepeatInterval,
            Labels = labels,
            AllMatchers = AllMatchers(route, "match_re", route.Matchers, route.Match, route.MatchRe),
        };
        return filled with { Routes = [.. route.Routes.Select(child => Fill(child, filled))] };
    }

    private void CheckRoute(RouteConfig route)
    {
        if (route.Receiver.Length > 0 && !_receivers.Contains(route.Receiver))
            errors.Add(route.Origin.At("receiver"), route.Origin.PathOf("receiver"), $"no receiver is named \"{route.Receiver}\"", NearestName.Of(route.Receiver, _receivers));
        CheckGrouping(route);
        if (route.GroupInterval == TimeSpan.Zero) errors.Add(route, "group_interval", "must be above 0");
        if (route.RepeatInterval == TimeSpan.Zero) errors.Add(route, "repeat_interval", "must be above 0");
        CheckIntervals(route, "mute_time_intervals", route.MuteTimeIntervals);
        CheckIntervals(route, "active_time_intervals", route.ActiveTimeIntervals);
    }

    private void CheckGrouping(RouteConfig route)
    {
        var names = route.GroupBy ?? [];
        if (names.Contains("...") && names.Count > 1) errors.Add(route, "group_by", "\"...\" groups by all labels: no other label may stand beside it");
        foreach (var twice in names.GroupBy(n => n).Where(g => g.Count() > 1)) errors.Add(route, "group_by", $"\"{twice.Key}\" stands here twice");
        foreach (string name in names.Where(n => n.Length == 0)) errors.Add(route, "group_by", $"\"{name}\" is not a valid label name");
    }

    private void CheckIntervals(RouteConfig route, string key, IReadOnlyList<string> names)
    {
        foreach (string name in names.Where(n => !_intervals.Contains(n)))
            errors.Add(route.Origin.At(key), route.Origin.PathOf(key), $"no time interval is named \"{name}\"", NearestName.Of(name, _intervals));
    }

    private InhibitRuleConfig Gather(InhibitRuleConfig rule) => rule with
    {
        AllSourceMatchers = AllMatchers(rule, "source_match_re", rule.SourceMatchers, rule.SourceMatch, rule.SourceMatchRe),
        AllTargetMatchers = AllMatchers(rule, "target_match_re", rule.TargetMatchers, rule.TargetMatch, rule.TargetMatchRe),
    };

    /// <summary>Sorted as the route's key needs them: a changed order would be a changed group key.</summary>
    private List<MatcherConfig> AllMatchers(
        ConfigNode node, string regexKey, IReadOnlyList<MatcherList> lists, IReadOnlyDictionary<string, string> equal, IReadOnlyDictionary<string, string> regex)
    {
        foreach (var (name, value) in regex)
        {
            try
            {
                _ = new LabelMatcher(MatchOperator.Regex, name, value);
            }
            catch (FormatException e)
            {
                errors.Add(node, regexKey, $"bad regular expression \"{value}\": {e.Message}");
            }
        }
        var all = lists.SelectMany(l => l.Items)
            .Concat(equal.Select(m => new MatcherConfig(MatchOperator.Equal, m.Key, m.Value)))
            .Concat(regex.Select(m => new MatcherConfig(MatchOperator.Regex, m.Key, m.Value)));
        return [.. all.OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.Value, StringComparer.Ordinal).ThenBy(m => m.Operator)];
    }

    private ReceiverConfig Inherit(ReceiverConfig receiver) => receiver with
    {
        WebhookConfigs = [.. receiver.WebhookConfigs.Select(w => w with { HttpConfig = w.HttpConfig ?? config.Global.HttpConfig })],
    };

    private void Unique<T>(IEnumerable<T> items, Func<T, string> name, string what) where T : ConfigNode
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (name(item).Length > 0 && !seen.Add(name(item))) errors.Add(item, "name", $"{what} \"{name(item)}\" exists already");
        }
    }
}
