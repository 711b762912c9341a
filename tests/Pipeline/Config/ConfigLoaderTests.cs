using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

public sealed class ConfigLoaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("global:\nruntime:\nscrape_configs:\nalertmanager:\n")]
    public void Load_EmptyFile_Defaults(string text)
    {
        var config = ConfigText.Good(text);
        Assert.Equal(TimeSpan.FromMinutes(1), config.Global.ScrapeInterval);
        Assert.Equal(TimeSpan.FromSeconds(10), config.Global.ScrapeTimeout);
        Assert.Equal(75, config.Runtime.Gogc);
        Assert.Empty(config.ScrapeConfigs);
        Assert.Null(config.Alertmanager);
        Assert.Equal(RunMode.Server, config.Mode);
        Assert.Equal(0.6, config.Limits.Memory.Share);
    }

    [Fact]
    public void Load_Job_InheritsFromGlobal()
    {
        var config = ConfigText.Good("""
            global: {scrape_interval: 5s, sample_limit: 7, body_size_limit: 1KB, scrape_native_histograms: true}
            scrape_configs:
              - job_name: a
              - {job_name: b, scrape_interval: 1m, scrape_timeout: 20s, sample_limit: 9, scrape_native_histograms: false, metric_name_validation_scheme: legacy}
            """);
        var (a, b) = (config.ScrapeConfigs[0], config.ScrapeConfigs[1]);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)), (a.ScrapeInterval, a.ScrapeTimeout));
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20)), (b.ScrapeInterval, b.ScrapeTimeout));
        Assert.Equal((7, 1024L), (a.SampleLimit, a.BodySizeLimit.Bytes));
        Assert.Equal(9, b.SampleLimit);
        Assert.Equal(ScrapeProtocol.PrometheusProto, a.ScrapeProtocols![0]);
        Assert.Equal(ScrapeProtocol.OpenMetricsText100, b.ScrapeProtocols![0]);
        Assert.Equal(NameEscapingScheme.AllowUtf8, a.MetricNameEscapingScheme);
        Assert.Equal(NameEscapingScheme.Underscores, b.MetricNameEscapingScheme);
        Assert.True(a.HonorTimestamps && a.EnableCompression && a.Http.FollowRedirects && a.Http.EnableHttp2);
    }

    [Fact]
    public void Load_DesignedPipelines_Bound()
    {
        var config = ConfigText.Good("""
            pipelines:
              hosts:
                sources: [ {host: {interval: 5s}}, {self: {}}, {scrape: {job_name: node, static_configs: [{targets: ["127.0.0.1:9100"]}]}} ]
                stages:  [ {relabel: [{action: labeldrop, regex: tmp}]}, {limit: {active_series: 100000, new_series_per_hour: 10000, on_limit: reject_new}} ]
              pushed:
                sources: [ {push: {ttl: 1h}}, {remote_write: {}}, {otlp: } ]
                stages:  [ {aggregate: {match: 'http_requests_total', by: [job, code], interval: 10s, outputs: [total], keep_input: false}} ]
            sinks:
              central: {remote_write: {url: "http://central/write"}, match: ['{job="node"}']}
              lake: {parquet: {path: data/lake, partition: [date, hour], promote: [job, instance]}}
            rules: { evaluation: {alerting: streaming, recording: interval}, files: ['a.yml', {path: 'b/*.yml', evaluation: interval}] }
            alertmanager: { route: {receiver: log}, receivers: [{name: log, log_configs: [{}]}] }
            limits: {memory: 2GB}
            mode: server
            """);
        Assert.Equal(["hosts", "pushed"], config.Pipelines.Select(p => p.Name));
        Assert.Equal(["host", "self", "scrape", "push", "remote_write", "otlp"], config.Pipelines.SelectMany(p => p.Sources).Select(s => s.Kind));
        Assert.Equal(["1", "1", "node"], config.Pipelines[0].Sources.Select(s => s.Name));
        Assert.Equal(TimeSpan.FromSeconds(5), config.Pipelines[0].Sources[0].Host!.Interval);
        Assert.Equal(TimeSpan.FromMinutes(1), config.Pipelines[0].Sources[1].Self!.Interval);
        Assert.Equal(TimeSpan.FromSeconds(10), config.Pipelines[0].Sources[2].Scrape!.ScrapeTimeout);
        Assert.Equal(["relabel", "limit"], config.Pipelines[0].Stages.Select(s => s.Kind));
        Assert.Equal(100_000, config.Pipelines[0].Stages[1].Limit!.ActiveSeries);
        Assert.Equal(TimeSpan.FromHours(1), config.Pipelines[1].Sources[0].Push!.Ttl);
        Assert.Equal(["http_requests_total"], config.Pipelines[1].Stages[0].Aggregate!.Match.Items);
        Assert.Equal(["central", "lake"], config.Sinks.Select(s => s.Name));
        Assert.False(config.Sinks[0].RemoteWrite!.Http.EnableHttp2);
        Assert.Equal("/etc/streamline/data/lake", config.Sinks[1].Parquet!.Path);
        Assert.Equal("/etc/streamline/a.yml", config.Rules.Files[0].Path);
        Assert.Equal(RuleEvaluation.Interval, config.Rules.Files[1].Evaluation!.Alerting);
        Assert.Single(config.Alertmanager!.Receivers[0].LogConfigs);
        Assert.Equal(2L << 30, config.Limits.Memory.Bytes);
    }

    [Theory]
    [InlineData("", 600, 300, 150)]
    [InlineData("limits: {memory: 800B}", 800, 400, 200)]
    [InlineData("limits: {memory_for_queries: 10%}", 600, 100, 50)]
    [InlineData("limits: {memory_for_queries: 10%, memory_per_query: 70B}", 600, 100, 70)]
    public void Limits_OfQueries_FollowTheProcess(string text, long memory, long queries, long query)
    {
        var limits = ConfigText.Good(text).Limits;
        Assert.Equal((memory, queries, query), (limits.Memory.Of(1000), limits.BytesForQueries(1000), limits.BytesPerQuery(1000)));
    }

    [Fact]
    public void Load_References_FilledOnlyWhereTheyMay()
    {
        string secret = Path.GetTempFileName();
        File.WriteAllText(secret, "from file\n");
        try
        {
            var config = ConfigText.Good($$$"""
                global: {sample_limit: "${env:LIMIT}", external_labels: {a: "${env:ZONE}", b: "$ZONE-${ZONE}-$$x-${NONE}"} }
                scrape_configs:
                  - job_name: ${env:JOB}
                    basic_auth: {username: "${env:NONE:-nobody}", password: "${file:{{{secret}}}}"}
                    relabel_configs:
                      - {source_labels: [a], regex: "${env:JOB}", replacement: "${1}-${env:JOB}", target_label: "${env:JOB}x"}
                rules:
                  groups: [{name: g, rules: [{alert: A, expr: 'up', labels: {l: "${env:JOB}"}, annotations: {s: "${env:JOB}"}}]}]
                """, ("LIMIT", "12"), ("JOB", "node"), ("ZONE", "eu"));
            Assert.Equal(12, config.Global.SampleLimit);
            Assert.Equal("eu-eu-$x-", config.Global.ExternalLabels["b"]);
            Assert.Equal("node", config.ScrapeConfigs[0].JobName);
            Assert.Equal("nobody", config.ScrapeConfigs[0].Http.BasicAuth!.Username);
            Assert.Equal("from file", config.ScrapeConfigs[0].Http.BasicAuth!.Password!.Reveal());
            var step = config.ScrapeConfigs[0].RelabelConfigs[0];
            Assert.Equal(("${env:JOB}", "${1}-${env:JOB}", "${env:JOB}x"), (step.Regex, step.Replacement, step.TargetLabel));
            Assert.Equal("${env:JOB}", config.RuleGroups[0].Rules[0].Labels["l"]);
            Assert.Equal("${env:JOB}", config.RuleGroups[0].Rules[0].Annotations["s"]);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public void Load_AnchorsAndMergeKeys_Resolved()
    {
        var config = ConfigText.Good("""
            scrape_configs:
              - &base
                job_name: a
                scrape_interval: 7s
                static_configs: [{targets: &targets [x:1, y:2]}]
              - <<: *base
                job_name: b
              - job_name: c
                static_configs: [{targets: *targets}]
            """);
        Assert.Equal(["a", "b", "c"], config.ScrapeConfigs.Select(j => j.JobName));
        Assert.Equal(TimeSpan.FromSeconds(7), config.ScrapeConfigs[1].ScrapeInterval);
        Assert.Equal(["x:1", "y:2"], config.ScrapeConfigs[2].Discovery.StaticConfigs[0].Targets);
    }

    [Fact]
    public void Load_EmptySeparatorAndReplacement_Survive()
    {
        var step = ConfigText.Good("scrape_configs: [{job_name: a, relabel_configs: [{separator: '', replacement: '', target_label: b, action: REPLACE}, {target_label: c, regex: }]}]")
            .ScrapeConfigs[0].RelabelConfigs;
        Assert.Equal(("", "", RelabelAction.Replace, "(.*)"), (step[0].Separator, step[0].Replacement, step[0].Action, step[0].Regex));
        Assert.Equal(("", "$1", ";"), (step[1].Regex, step[1].Replacement, step[1].Separator));
    }

    [Fact]
    public void Load_AcceptedWithoutEffect_Warned()
    {
        var result = ConfigText.Load("""
            remote_read: [{url: "http://a"}]
            scrape_configs:
              - job_name: a
                azure_sd_configs: [{subscription_id: b, authentication_method: SDK}]
            alertmanager: {route: {receiver: r}, receivers: [{name: r, slack_configs: [{channel: x}]}]}
            sinks: {s: {remote_write: {url: "http://a"}}}
            alerting: {alert_relabel_configs: [{target_label: a}], alertmanagers: []}
            """);
        Assert.True(result.IsValid, string.Join("\n", result.Errors));
        Assert.Equal(
            [
                "1:1 \"remote_read\" is accepted but has no effect yet",
                "4:24 service discovery by azure is not built yet: no targets come from it",
                "5:76 notification by slack is not built yet: nothing is sent",
                "6:13 \"remote_write\" is accepted but has no effect yet",
                "7:12 \"alert_relabel_configs\" is accepted but has no effect yet",
                "7:56 \"alertmanagers\" is accepted but has no effect yet",
            ],
            result.Warnings.Select(w => $"{w.Line}:{w.Column} {w.Message}"));
        var unbuilt = Assert.Single(result.Config!.ScrapeConfigs[0].Discovery.Unbuilt);
        Assert.Equal(("azure", 4), (unbuilt.Kind, unbuilt.Position.Line));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1ms", 1)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1y", 31_536_000_000)]
    public void Load_Durations_AsPrometheus(string text, long milliseconds) =>
        Assert.Equal(milliseconds, ConfigText.Good($"storage: {{tsdb: {{out_of_order_time_window: {text}}}}}").Storage.Tsdb.OutOfOrderTimeWindow.TotalMilliseconds);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("15MB", 15 << 20)]
    [InlineData("1.5KB", 1536)]
    [InlineData("2KiB", 2048)]
    public void Load_Sizes_PowersOf1024(string text, long bytes) =>
        Assert.Equal(bytes, ConfigText.Good($"global: {{body_size_limit: {text}}}").Global.BodySizeLimit.Bytes);

    [Fact]
    public void Load_DeepNesting_RefusedNotOverflowed() =>
        Assert.Contains("nested deeper", Assert.Single(ConfigText.Bad("heartbeats: " + new string('[', 5000))), StringComparison.Ordinal);

    [Fact]
    public void Load_AliasBomb_Refused()
    {
        var text = new System.Text.StringBuilder("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
        for (int i = 1; i < 12; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"x{i}: &x{i} [{string.Join(", ", Enumerable.Repeat($"*x{i - 1}", 10))}]\n");
        Assert.Contains("aliases", string.Join("\n", ConfigText.Bad(text.ToString())), StringComparison.Ordinal);
    }
}
