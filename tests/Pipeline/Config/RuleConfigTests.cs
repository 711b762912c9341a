using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

public sealed class RuleConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rules").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_InlineAndFiles_GroupsEffective()
    {
        Write("one.yml", """
            groups:
              - name: files
                interval: 30s
                limit: 5
                labels: {team: a, tier: x}
                rules:
                  - {record: 'a:b', expr: up}
                  - {alert: Down, expr: up == 0, for: 1m, keep_firing_for: 2m, labels: {tier: y}, annotations: {summary: 'on {{ $labels.instance }}'}}
            """);
        Write("two.yml", "groups: [{name: files, rules: [{record: c, expr: '1', labels: {a: b}}]}]");
        var config = Load("""
            global: {evaluation_interval: 15s, rule_query_offset: 3s}
            rule_files: ['*.yml', one.yml]
            rules:
              evaluation: interval
              groups: [{name: inline, query_offset: 0s, evaluation: {alerting: streaming}, rules: [{alert: X, expr: up}]}]
            """).Config!;
        Assert.Equal([("inline", "main.yaml"), ("files", "one.yml"), ("files", "two.yml")], config.RuleGroups.Select(g => (g.Name, Path.GetFileName(g.File))));
        var (inline, first, second) = (config.RuleGroups[0], config.RuleGroups[1], config.RuleGroups[2]);
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.Zero, RuleEvaluation.Streaming), (inline.Interval, inline.QueryOffset!.Value, inline.Evaluation!.Alerting));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(3), RuleEvaluation.Interval), (first.Interval, first.QueryOffset!.Value, first.Evaluation!.Alerting));
        Assert.Equal(5, first.Limit);
        Assert.Equal(["team=a", "tier=x"], first.Rules[0].Labels.Select(l => $"{l.Key}={l.Value}"));
        Assert.Equal("y", first.Rules[1].Labels["tier"]);
        Assert.Equal((true, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)), (first.Rules[1].IsAlert, first.Rules[1].For, first.Rules[1].KeepFiringFor));
        Assert.Equal(TimeSpan.FromSeconds(15), second.Interval);
        Assert.Equal(["main.yaml", "one.yml", "two.yml"], config.Sources.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void Load_BadRuleFile_AllErrorsWithLines()
    {
        Write("bad.yml", """
            groups:
              - name: g
                evaluation: streaming
                rules:
                  - record: a{b="c"}
                    expr: up
                  - alert: A
                    record: b
                    expr: up
                  - alert: B
                  - expr: up
                  - record: c
                    expr: up
                    for: 1m
                    annotations: {a: b}
                  - alert: C
                    expr: up
                    labels: {__name__: x}
                    annotations: {s: "{{ bad"}
                  - alert: D
                    exp: up
                    for: soon
              - name: g
                rules: []
            """);
        var result = Load("rule_files: [bad.yml]");
        Assert.Equal(
            [
                "3:17 groups[0].evaluation", "5:17 groups[0].rules[0].record", "7:16 groups[0].rules[1].alert", "10:9 groups[0].rules[2].expr", "11:9 groups[0].rules[3]",
                "14:14 groups[0].rules[4].for", "15:22 groups[0].rules[4].annotations", "18:17 groups[0].rules[5].labels", "19:22 groups[0].rules[5].annotations.s",
                "20:9 groups[0].rules[6].expr", "21:9 groups[0].rules[6].exp", "22:14 groups[0].rules[6].for", "23:11 groups[1].name",
            ],
            result.Errors.Select(e => $"{e.Line}:{e.Column} {e.Path}"));
        Assert.All(result.Errors, e => Assert.EndsWith("bad.yml", e.File, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_ScrapeConfigFiles_OwnFolderForPaths()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "jobs"));
        Write("jobs/a.yml", "scrape_configs: [{job_name: a, tls_config: {ca_file: ca.pem}, file_sd_configs: [{files: [t/*.json]}]}]");
        var job = Assert.Single(Load("scrape_config_files: ['jobs/*.yml']\nglobal: {scrape_interval: 3s}").Config!.ScrapeConfigs);
        Assert.Equal(Path.Combine(_folder, "jobs", "ca.pem"), job.Http.TlsConfig.CaFile);
        Assert.Equal(Path.Combine(_folder, "jobs", "t", "*.json"), job.Discovery.FileSdConfigs[0].Files[0]);
        Assert.Equal(TimeSpan.FromSeconds(3), job.ScrapeInterval);
    }

    private ConfigResult Load(string text)
    {
        Write("main.yaml", text);
        return ConfigLoader.Load(Path.Combine(_folder, "main.yaml"), new ConfigLoadOptions { CheckTemplate = t => t.Contains("{{ bad") ? "unclosed action" : null });
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
