namespace Streamline.Pipeline.Config;

/// <summary>Rule groups, inline and from files, with what they inherit filled in.</summary>
internal sealed class RuleLoad(ConfigLoadOptions options, ConfigLoad load, ConfigErrors errors)
{
    public IReadOnlyList<RuleGroupConfig> Run(StreamlineConfig config, string mainFile)
    {
        var groups = new List<RuleGroupConfig>();
        var byDefault = config.Rules.Evaluation;
        Add(groups, config.Rules.Groups, mainFile, byDefault, config);
        // A file that two globs name is read once, as its groups would otherwise clash with themselves.
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (string pattern in config.RuleFiles)
        {
            if (ConfigFiles.GlobFault(pattern) is { } fault) errors.Add(config, "rule_files", fault);
            else ReadFiles(groups, pattern, byDefault, read, config);
        }
        foreach (var reference in config.Rules.Files)
        {
            if (ConfigFiles.GlobFault(reference.Path) is { } fault) errors.Add(reference, "path", fault);
            else ReadFiles(groups, reference.Path, reference.Evaluation ?? byDefault, read, config);
        }
        return groups;
    }

    /// <summary>The groups of one file. Rules of one kind, name and labels write the same series: what they give depends on their order.</summary>
    public IReadOnlyList<RuleGroupConfig> RunFile(string text, string file, StreamlineConfig config)
    {
        var groups = new List<RuleGroupConfig>();
        AddFile(groups, text, file, config.Rules.Evaluation, config);
        var first = new Dictionary<string, RuleConfig>(StringComparer.Ordinal);
        foreach (var rule in groups.SelectMany(g => g.Rules))
        {
            string key = string.Join('\0', rule.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}\0{l.Value}").Prepend(rule.IsAlert ? "a" + rule.Alert : "r" + rule.Record));
            if (first.TryAdd(key, rule)) continue;
            errors.Warn(rule.Origin.At(rule.IsAlert ? "alert" : "record"), rule.Origin.Path, $"a rule of this name and these labels stands in line {first[key].Origin.At("").Line} already");
        }
        return groups;
    }

    private void ReadFiles(List<RuleGroupConfig> groups, string pattern, RuleEvaluationConfig evaluation, HashSet<string> read, StreamlineConfig config)
    {
        load.Watch(pattern);
        foreach (string file in ConfigFiles.Expand(pattern).Where(read.Add))
        {
            if (ConfigFiles.Read(file, errors) is not { } text) continue;
            AddFile(groups, text, file, evaluation, config);
        }
    }

    private void AddFile(List<RuleGroupConfig> groups, string text, string file, RuleEvaluationConfig evaluation, StreamlineConfig config)
    {
        var bound = load.Bind<RuleFileConfig>(text, file).Groups;
        foreach (var group in bound.Where(g => g.Origin.Has("evaluation")))
            errors.Add(group, "evaluation", "\"evaluation\" is for inline groups; for a file it stands beside its path under rules.files");
        Add(groups, bound, file, evaluation, config);
    }

    private void Add(List<RuleGroupConfig> groups, IReadOnlyList<RuleGroupConfig> written, string file, RuleEvaluationConfig evaluation, StreamlineConfig config)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in written)
        {
            if (group.Name.Length > 0 && !names.Add(group.Name)) errors.Add(group, "name", $"group \"{group.Name}\" exists already in this file");
            foreach (var rule in group.Rules) RuleChecks.Check(group, rule, config.Global, options.CheckTemplate, errors);
            groups.Add(group with
            {
                File = Path.GetFullPath(file),
                Interval = group.Interval > TimeSpan.Zero ? group.Interval : config.Global.EvaluationInterval,
                QueryOffset = group.QueryOffset ?? config.Global.RuleQueryOffset,
                Evaluation = group.Evaluation ?? evaluation,
                Rules = [.. group.Rules.Select(rule => rule with { Labels = Merge(group.Labels, rule.Labels) })],
            });
        }
    }

    /// <summary>The rule's own labels win.</summary>
    private static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> group, IReadOnlyDictionary<string, string> rule)
    {
        if (group.Count == 0) return rule;
        var merged = new Dictionary<string, string>(group, StringComparer.Ordinal);
        foreach (var (name, value) in rule) merged[name] = value;
        return merged;
    }
}
