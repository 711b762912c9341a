using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

/// <summary>Forms that Prometheus takes though they look odd: every prometheus.yml that runs there loads here, and means the same.</summary>
public sealed class PrometheusFormsTests
{
    // What a template leaves empty is not set.
    [Theory]
    [InlineData("basic_auth: {username: a, password: b, password_file: ''}")]
    [InlineData("basic_auth: {username: a}, bearer_token: '', bearer_token_file: ")]
    [InlineData("bearer_token: x, basic_auth: , authorization: ~")]
    [InlineData("bearer_token: '${env:TOKEN:-}', basic_auth: {username: a}")]
    [InlineData("authorization: {credentials: x, credentials_file: ''}")]
    [InlineData("oauth2: {client_id: a, token_url: b, client_secret: c, client_secret_file: ''}")]
    [InlineData("oauth2: {client_id: a, token_url: b, client_certificate_key: c, client_certificate_key_file: d}")]
    [InlineData("tls_config: {ca: x, ca_file: ''}")]
    [InlineData("proxy_url: '', no_proxy: b")]
    [InlineData("proxy_url: 'socks5h://a:1080'")]
    [InlineData("http_headers: {Accept: {values: [a]}, X-None: }")]
    [InlineData("metrics_path: ''")]
    [InlineData("scheme: ftp")]
    [InlineData("scrape_protocols: , fallback_scrape_protocol: '', metric_name_validation_scheme: '', metric_name_escaping_scheme: ''")]
    [InlineData("sample_limit: 100000000000")]
    [InlineData("relabel_configs: [{action: keep, target_label: '', modulus: 3}]")]
    public void Load_Job_Accepted(string keys) => ConfigText.Good($"scrape_configs: [{{job_name: a, {keys}}}]");

    [Theory]
    [InlineData("global: {metric_name_validation_scheme: , metric_name_escaping_scheme: ''}")]
    [InlineData("global: {metric_name_validation_scheme: legacy, metric_name_escaping_scheme: allow-utf-8}")]
    [InlineData("runtime: {gogc: -1}")]
    [InlineData("storage: {exemplars: {max_exemplars: -1}, tsdb: {chunk_encoding: {floats: ''}}}")]
    [InlineData("otlp: {translation_strategy: ''}")]
    [InlineData("remote_write: [{url: 'http://a', headers: {Te: b}, azuread: {managed_identity: {}, cloud: ''}}]")]
    [InlineData("remote_write: [{url: '/only/a/path'}, {url: 'a b'}]")]
    [InlineData("remote_write: [{url: 'http://a', google_iam: {credentials_file: b}}]")]
    [InlineData("tracing: {endpoint: a, client_type: http, headers: {X-Own: b}, compression: gzip, timeout: 1s}")]
    [InlineData("rule_files: ['rules[12]/*.yml', 'a?/b.yml', '']")]
    public void Load_Section_Accepted(string text) => ConfigText.Good(text);

    [Theory]
    [InlineData("0100", 64)]
    [InlineData("0x10", 16)]
    [InlineData("0o17", 15)]
    [InlineData("0b101", 5)]
    [InlineData("1_000", 1000)]
    [InlineData("1e3", 1000)]
    [InlineData("!!int '7'", 7)]
    [InlineData("100000000000", int.MaxValue)]
    public void Load_WholeNumbers_AsYaml(string text, int expected) => Assert.Equal(expected, ConfigText.Good($"global: {{sample_limit: {text}}}").Global.SampleLimit);

    [Theory]
    [InlineData("a: $B", "b")]
    [InlineData("a: '${B}c'", "bc")]
    [InlineData("a: $$B$", "$B$")]
    [InlineData("a: 'x${}y${'", "xy")]
    [InlineData("a: '$5$* $-{'", " {")]
    [InlineData("a: '${NONE}'", "")]
    [InlineData("a: '${env:B}'", "")]
    public void Load_ExternalLabels_FilledAsByGo(string label, string expected) =>
        Assert.Equal(expected, ConfigText.Good($"global: {{external_labels: {{{label}}}}}", ("B", "b")).Global.ExternalLabels["a"]);

    [Fact]
    public void Load_ExternalLabelOfAnUnsetVariable_Warned()
    {
        var warning = Assert.Single(ConfigText.Load("global: {external_labels: {a: $NONE}}").Warnings);
        Assert.Equal("environment variable \"NONE\" is not set or empty: nothing is put in its place", warning.Message);
    }

    [Theory]
    [InlineData("legacy", "", "", "", "Legacy Underscores")]
    [InlineData("utf8", "dots", "", "", "Utf8 Dots")]
    [InlineData("utf8", "dots", "utf8", "", "Utf8 AllowUtf8")]
    [InlineData("utf8", "allow-utf-8", "legacy", "", "Legacy Underscores")]
    [InlineData("legacy", "", "legacy", "values", "Legacy Values")]
    [InlineData("legacy", "", "", "dots", "Legacy Dots")]
    [InlineData("legacy", "dots", "utf8", "", "Utf8 AllowUtf8")]
    public void Load_NameSchemes_Inherited(string validation, string escaping, string ownValidation, string ownEscaping, string expected)
    {
        var job = ConfigText.Good($"""
            global: {'{'}metric_name_validation_scheme: "{validation}", metric_name_escaping_scheme: "{escaping}"{'}'}
            scrape_configs: [{'{'}job_name: a, metric_name_validation_scheme: "{ownValidation}", metric_name_escaping_scheme: "{ownEscaping}"{'}'}]
            """).ScrapeConfigs[0];
        Assert.Equal(expected, $"{job.MetricNameValidationScheme} {job.MetricNameEscapingScheme}");
    }

    [Fact]
    public void Load_OtlpAttributes_WithoutBlanksAround() =>
        Assert.Equal(["a", "b"], ConfigText.Good("otlp: {promote_resource_attributes: [' a', 'b ']}").Otlp.PromoteResourceAttributes);

    [Fact]
    public void Load_EveryGlobalValue_InheritedByJobsOfFiles()
    {
        string folder = Directory.CreateTempSubdirectory("streamline-inherit-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "jobs"));
            File.WriteAllText(Path.Combine(folder, "jobs", "j.yml"), """
                scrape_configs:
                  - job_name: j
                    scrape_failure_log_file: own.log
                    bearer_token_file: token
                    tls_config: {ca_file: ca, cert_file: cert, key_file: key}
                    http_headers: {X-A: {files: [header]}}
                    file_sd_configs: [{files: [targets.json]}]
                    http_sd_configs: [{url: 'http://a', basic_auth: {username_file: user, password_file: password}, oauth2: }]
                """);
            File.WriteAllText(Path.Combine(folder, "main.yml"), """
                global:
                  scrape_interval: 7s
                  scrape_timeout: 6s
                  scrape_protocols: [PrometheusText1.0.0]
                  scrape_failure_log_file: failures.log
                  query_log_file: query.log
                  body_size_limit: 1MB
                  sample_limit: 1
                  target_limit: 2
                  label_limit: 3
                  label_name_length_limit: 4
                  label_value_length_limit: 5
                  keep_dropped_targets: 6
                  scrape_native_histograms: true
                  convert_classic_histograms_to_nhcb: true
                  always_scrape_classic_histograms: true
                  extra_scrape_metrics: true
                scrape_config_files: [jobs/*.yml]
                scrape_configs: [{job_name: m}]
                """);
            var loaded = ConfigLoader.Load(Path.Combine(folder, "main.yml"));
            var config = loaded.Config!;
            // What is to be written need not be there, nor a list of files.
            Assert.Equal(
                ["bearer_token_file", "ca_file", "cert_file", "key_file", "username_file", "password_file"],
                loaded.Warnings.Where(w => w.Message.StartsWith("there is no file /", StringComparison.Ordinal)).Select(w => w.Path.Split('.')[^1]));
            var (m, j) = (config.ScrapeConfigs[0], config.ScrapeConfigs[1]);
            foreach (var job in config.ScrapeConfigs)
            {
                Assert.Equal((7, 6), (job.ScrapeInterval.TotalSeconds, job.ScrapeTimeout.TotalSeconds));
                Assert.Equal([ScrapeProtocol.PrometheusText100], job.ScrapeProtocols);
                Assert.Equal((1L << 20, 1, 2, 3), (job.BodySizeLimit.Bytes, job.SampleLimit, job.TargetLimit, job.LabelLimit));
                Assert.Equal((4, 5, 6), (job.LabelNameLengthLimit, job.LabelValueLengthLimit, job.KeepDroppedTargets));
                Assert.True(job.ScrapeNativeHistograms & job.ConvertClassicHistogramsToNhcb & job.AlwaysScrapeClassicHistograms & job.ExtraScrapeMetrics);
            }
            Assert.Equal((Path.Combine(folder, "failures.log"), Path.Combine(folder, "query.log")), (m.ScrapeFailureLogFile, config.Global.QueryLogFile));
            var sd = j.Discovery.HttpSdConfigs[0].Http.BasicAuth!;
            string[] files =
            [
                j.ScrapeFailureLogFile, j.Http.BearerTokenFile, j.Http.TlsConfig.CaFile, j.Http.TlsConfig.CertFile, j.Http.TlsConfig.KeyFile, j.Http.HttpHeaders["X-A"].Files[0],
                j.Discovery.FileSdConfigs[0].Files[0], sd.UsernameFile, sd.PasswordFile,
            ];
            Assert.Equal(["own.log", "token", "ca", "cert", "key", "header", "targets.json", "user", "password"], files.Select(f => Path.GetRelativePath(Path.Combine(folder, "jobs"), f)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
