namespace Streamline.Pipeline.Config;

/// <summary>
/// One load. 1 The main file becomes records. 2 Global defaults. 3 Scrape jobs: those of the main file, of scrape_config_files and of
/// pipelines inherit from global. 4 Pipelines, sinks and remote endpoints are checked against each other. 5 Rule groups, inline and from
/// files. 6 The embedded Alertmanager's routes. 7 What the agent mode refuses.
/// </summary>
internal sealed class ConfigLoad(ConfigLoadOptions options, ConfigErrors errors)
{
    private readonly ConfigSources _sources = new();

    public StreamlineConfig Run(string text, string path)
    {
        var written = Bind<StreamlineConfig>(text, path);
        var global = GlobalDefaults.Apply(written.Global, options.Environment, errors);
        var jobs = ReadScrapeJobs(written, global);
        var config = written with
        {
            Global = global,
            ScrapeConfigs = jobs,
            Pipelines = PipelineDefaults.Apply(written.Pipelines, global, errors),
            OriginalText = text,
        };
        WiringChecks.Check(config, errors);
        config = config with
        {
            RuleGroups = new RuleLoad(options, this, errors).Run(config, path),
            Alertmanager = config.Alertmanager is null ? null : AlertmanagerDefaults.Apply(config.Alertmanager, errors),
            Mode = options.IsAgent ? RunMode.Agent : config.Mode,
        };
        if (config.Mode == RunMode.Agent) AgentChecks.Check(config, errors);
        foreach (string pattern in config.Alertmanager?.Templates ?? []) _sources.AddUnread(pattern);
        return config with { Sources = _sources };
    }

    /// <summary>One rule file and nothing else.</summary>
    public StreamlineConfig RunRules(string text, string path)
    {
        var config = new StreamlineConfig { Global = GlobalDefaults.Apply(new GlobalConfig(), options.Environment, errors), OriginalText = text };
        return config with { RuleGroups = new RuleLoad(options, this, errors).RunFile(text, path, config) };
    }

    /// <summary>A glob of files that <see cref="Bind"/> is called for.</summary>
    public void Watch(string pattern) => _sources.AddGlob(pattern);

    /// <summary>Text to records; remembers the file as one to watch.</summary>
    public T Bind<T>(string text, string path) where T : ConfigNode, new()
    {
        _sources.Add(path, text);
        var root = YamlReader.Read(text, path, errors);
        return new ConfigBinder(ConfigFiles.FolderOf(path), new ConfigFilling(options.Environment, _sources), errors).Bind<T>(root, path);
    }

    private List<ScrapeConfig> ReadScrapeJobs(StreamlineConfig written, GlobalConfig global)
    {
        var jobs = written.ScrapeConfigs.ToList();
        foreach (string pattern in written.ScrapeConfigFiles)
        {
            if (ConfigFiles.GlobFault(pattern) is { } fault)
            {
                errors.Add(written, "scrape_config_files", fault);
                continue;
            }
            Watch(pattern);
            foreach (string file in ConfigFiles.Expand(pattern))
            {
                if (ConfigFiles.Read(file, errors) is { } text) jobs.AddRange(Bind<ScrapeFileConfig>(text, file).ScrapeConfigs);
            }
        }
        return [.. jobs.Select(job => ScrapeDefaults.Apply(job, global, errors))];
    }
}
