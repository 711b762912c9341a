using System.Text.Json.Nodes;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

/// <summary>The schema that <c>streamline schema</c> prints: takes what loading takes, and refuses what an editor should underline.</summary>
public sealed class ConfigSchemaTests
{
    [Fact]
    public void Schema_GoodFiles_AllFit()
    {
        var failures = new List<string>();
        foreach (string file in ConfigConformanceTests.Files("*.good.yml"))
        {
            failures.AddRange(Errors(ConfigLoader.Schema(), File.ReadAllText(file)).Select(e => $"{Path.GetFileName(file)} {e}"));
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [Fact]
    public void Schema_DefaultPipeline_Fits() => Assert.Empty(Errors(ConfigLoader.Schema(), File.ReadAllText(ConfigConformanceTests.DefaultPipeline())));

    [Theory]
    [InlineData("globl: {}", ".globl: unknown key")]
    [InlineData("global: {scrape_interval: 15}", ".global.scrape_interval: not")]
    [InlineData("global: {scrape_interval: often}", ".global.scrape_interval: not")]
    [InlineData("global: {sample_limit: many}", ".global.sample_limit: not")]
    [InlineData("scrape_configs: [{metrics_path: /m}]", ".scrape_configs[0]: lacks job_name")]
    [InlineData("scrape_configs: {job_name: a}", ".scrape_configs: not")]
    [InlineData("pipelines: {a: {sources: [{host: {}, self: {}}]}}", ".pipelines.a.sources[0]: not exactly one")]
    [InlineData("pipelines: {a: {stages: [{limit: {on_limit: explode}}]}}", ".pipelines.a.stages[0].limit.on_limit: not")]
    [InlineData("alertmanager: {route: {routes: [{reciever: x}]}}", ".alertmanager.route.routes[0].reciever: unknown key")]
    [InlineData("mode: broker", ".mode: not")]
    public void Schema_WrongFile_NamesTheKey(string text, string expected) =>
        Assert.Contains(Errors(ConfigLoader.Schema(), text), e => e.StartsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("global: {scrape_interval: '${env:INTERVAL}', sample_limit: '${env:LIMIT:-5}'}")]
    [InlineData("global:\nrule_files:\nscrape_configs:\n")]
    [InlineData("rules: {evaluation: streaming, files: [a.yml, {path: b.yml, evaluation: interval}]}")]
    [InlineData("pipelines: {a: {sources: [{host: }, {push: {ttl: 1h}}]}}")]
    public void Schema_ShortForms_Fit(string text) => Assert.Empty(Errors(ConfigLoader.Schema(), text));

    [Fact]
    public void RuleFileSchema_ARule_FitsAndAMisspeltKeyDoesNot()
    {
        Assert.Empty(Errors(ConfigLoader.RuleFileSchema(), "groups: [{name: a, rules: [{alert: A, expr: up == 0, for: 5m}]}]"));
        Assert.Contains(".groups[0].rules[0].exprs: unknown key", Errors(ConfigLoader.RuleFileSchema(), "groups: [{name: a, rules: [{alert: A, exprs: up}]}]"));
    }

    [Fact]
    public void Schema_Descriptions_ComeFromTheClasses()
    {
        var schema = JsonNode.Parse(ConfigLoader.Schema())!;
        string? description = (string?)schema["definitions"]!["ParquetSinkConfig"]!["properties"]!["promote"]!["description"];
        Assert.Equal("Labels that get a column of their own.", description);
        Assert.Equal("1m", (string?)schema["definitions"]!["AggregateStageConfig"]!["properties"]!["interval"]!["default"]);
    }

    private static List<string> Errors(string schema, string yaml) => SchemaCheck.Errors(schema, YamlReader.Read(yaml, "test.yml", new ConfigErrors()));
}
