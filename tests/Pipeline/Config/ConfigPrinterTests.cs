using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

public sealed class ConfigPrinterTests
{
    private const string Full = """
        global: {scrape_interval: 5s, external_labels: {z: "a: b", y: "true"}}
        scrape_configs:
          - job_name: "1"
            params: {m: [a, b]}
            basic_auth: {username: u, password: hunter2}
            proxy_url: http://me:hunter2@proxy:1
            http_headers: {X-Key: {secrets: [hunter2]}, X-None: }
            relabel_configs: [{source_labels: [a], separator: "", replacement: "", regex: "a|b\n", target_label: c}]
            consul_sd_configs: [{server: b, token: hunter2, username: u, password: hunter2, tags: [x]}]
            openstack_sd_configs: [{region: b, password: hunter2, application_credential_secret: hunter2}]
        remote_write: [{url: "http://a/", queue_config: {max_shards: 3}, sigv4: {access_key: a, secret_key: hunter2}}]
        pipelines: {p: {sources: [{self: }, {host: {labels: {a: b}}}], stages: [{drop: {match: a}}]}}
        sinks: {lake: {parquet: {path: /lake}}}
        rules: {evaluation: interval, groups: [{name: g, rules: [{alert: A, expr: "up == 0", labels: {a: '{{ $value }}'}}]}]}
        alertmanager:
          global: {slack_api_url: http://hunter2/}
          route: {receiver: a, routes: [{matchers: ['a=~"b"'], group_wait: 0s}]}
          receivers: [{name: a, webhook_configs: [{url: http://hunter2/}], slack_configs: [{api_url: http://hunter2/, channel: c}]}]
          time_intervals: [{name: t, time_intervals: [{times: [{start_time: "08:00", end_time: "24:00"}], weekdays: ['monday:friday']}]}]
        """;

    [Fact]
    public void Print_Secrets_Masked()
    {
        string text = ConfigPrinter.Print(ConfigText.Good(Full));
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains("http://me:<secret>@proxy:1", text, StringComparison.Ordinal);
        Assert.Contains("channel: c", text, StringComparison.Ordinal);
    }

    // hunter2 must not be seen; what is written beside it must.
    [Theory]
    [InlineData("scrape_configs: [{job_name: seen, basic_auth: {password: hunter2}}]")]
    [InlineData("scrape_configs: [{job_name: seen, authorization: {credentials: hunter2}}]")]
    [InlineData("scrape_configs: [{job_name: seen, bearer_token: hunter2}]")]
    [InlineData("scrape_configs: [{job_name: seen, oauth2: {client_id: a, client_secret: hunter2, token_url: 'http://a:hunter2@b/'}}]")]
    [InlineData("scrape_configs: [{job_name: seen, oauth2: {client_id: a, client_certificate_key: hunter2, token_url: b}}]")]
    [InlineData("scrape_configs: [{job_name: seen, tls_config: {cert: a, key: hunter2}}]")]
    [InlineData("scrape_configs: [{job_name: seen, http_headers: {X-A: {secrets: [a, hunter2], values: [b]}}}]")]
    [InlineData("scrape_configs: [{job_name: seen, proxy_url: 'https://a:hunter2@b:1', proxy_connect_header: {X-A: [hunter2]}}]")]
    [InlineData("scrape_configs: [{job_name: seen, proxy_url: 'http://a:b@hunter2@c:1'}]")]
    [InlineData("scrape_configs: [{job_name: seen, http_sd_configs: [{url: 'http://:hunter2@a/x@y'}]}]")]
    [InlineData("scrape_configs: [{job_name: seen, http_sd_configs: [{url: 'http://a/', basic_auth: {password: hunter2}}]}]")]
    [InlineData("scrape_configs: [{job_name: seen, azure_sd_configs: [{subscription_id: a, tenant_id: a, client_id: a, client_secret: hunter2}]}]")]
    [InlineData("remote_write: [{name: seen, url: 'http://a:hunter2@b/'}]")]
    [InlineData("remote_write: [{name: seen, url: a, azuread: {oauth: {client_id: 00000000-0000-0000-0000-000000000000, tenant_id: a, client_secret: hunter2}}}]")]
    [InlineData("remote_read: [{name: seen, url: 'http://a:hunter2@b/'}]")]
    [InlineData("alerting: {alertmanagers: [{path_prefix: seen, sigv4: {access_key: a, secret_key: hunter2}}]}")]
    public void Print_Secret_Masked(string written)
    {
        string text = ConfigPrinter.Print(ConfigText.Good(written));
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains("seen", text, StringComparison.Ordinal);
        Assert.Contains(Secret.Mask, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Print_LoadedAgain_PrintsTheSame()
    {
        string text = ConfigPrinter.Print(ConfigText.Good(Full));
        Assert.Equal(text, ConfigPrinter.Print(ConfigText.Good(text)));
    }

    [Fact]
    public void Print_EmptyConfig_ShowsPrometheusDefaults() =>
        Assert.StartsWith("""
            global:
              scrape_interval: 1m
              scrape_timeout: 10s
              evaluation_interval: 1m
              metric_name_validation_scheme: utf8
            runtime:
              gogc: 75
            """, ConfigPrinter.Print(ConfigText.Good("")), StringComparison.Ordinal);

    [Fact]
    public void Print_Relabelling_EmptyValuesSurvive() =>
        Assert.Contains("""
              relabel_configs:
              - source_labels:
                - a
                separator: ""
                regex: "a|b\n"
                target_label: c
                replacement: ""
                action: replace
            """, ConfigPrinter.Print(ConfigText.Good(Full)), StringComparison.Ordinal);

    [Theory]
    [InlineData("scrape_configs: [{job_name: a}]", "scrape_configs: [{job_name: a, honor_labels: false}]", true)]
    [InlineData("scrape_configs: [{job_name: a}]", "scrape_configs: [{job_name: a, honor_labels: true}]", false)]
    [InlineData("scrape_configs: [{job_name: a, bearer_token: x}]", "scrape_configs: [{job_name: a, bearer_token: y}]", false)]
    [InlineData("scrape_configs: [{job_name: a, nomad_sd_configs: [{server: x}]}]", "scrape_configs: [{job_name: a, nomad_sd_configs: [{server: y}]}]", false)]
    public void AreSame_Jobs_ByMeaning(string left, string right, bool same) =>
        Assert.Equal(same, ConfigPrinter.AreSame(ConfigText.Good(left).ScrapeConfigs[0], ConfigText.Good(right).ScrapeConfigs[0]));
}
