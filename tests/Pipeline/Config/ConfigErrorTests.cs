namespace Streamline.Pipeline.Tests.Config;

/// <summary>Each fault is found at its line and column, by a message about the right key.</summary>
public sealed class ConfigErrorTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { "globel: {}", "1:1 globel: unknown key \"globel\" (global)" },
        { "global: {scrape_intervall: 5s}", "1:10 global.scrape_intervall: unknown key \"scrape_intervall\" (scrape_interval)" },
        { "global: {qqqq: 5s}", "1:10 global.qqqq: unknown key \"qqqq\"" },
        { "global: 5", "1:9 global: expected a mapping, found a scalar" },
        { "global:\n  scrape_interval: 5x", "2:20 global.scrape_interval: expected a duration such as 30s, 5m or 1h30m, found \"5x\"" },
        { "global:\n  scrape_interval: 1s1h", "2:20 global.scrape_interval: expected a duration such as 30s, 5m or 1h30m, found \"1s1h\"" },
        { "global:\n  scrape_interval: 5s\n  scrape_timeout: 6s", "3:19 global.scrape_timeout: the global scrape timeout is above the scrape interval" },
        { "global: {sample_limit: -1}", "1:24 global.sample_limit: expected a whole number, 0 or more, found \"-1\"" },
        { "global: {sample_limit: '5'}", "1:24 global.sample_limit: expected a whole number, 0 or more, found \"5\"" },
        { "global: {body_size_limit: 100}", "1:27 global.body_size_limit: expected a size with its unit such as 15MB, found \"100\"" },
        { "global: {scrape_protocols: [PrometheusText0.0.4, PrometheusText0.0.4]}", "1:28 global.scrape_protocols: \"PrometheusText0.0.4\" stands here twice" },
        { "scrape_configs: [{job_name: a}, {job_name: b}, {job_name: a}]", "1:59 scrape_configs[2].job_name: job \"a\" exists already, line 1" },
        { "scrape_configs:\n- job_name: a\n-", "3:2 scrape_configs[1]: empty entry in a list" },
        { "scrape_configs:\n- honor_labels: true", "2:3 scrape_configs[0].job_name: missing key \"job_name\"" },
        { "scrape_configs:\n- job_name:", "2:12 scrape_configs[0].job_name: \"job_name\" must not be empty" },
        { "scrape_configs: [{job_name: a, honor_labels: maybe}]", "1:46 scrape_configs[0].honor_labels: expected true or false, found \"maybe\"" },
        { "scrape_configs: {job_name: a}", "1:17 scrape_configs: expected a list, found a mapping" },
        { "scrape_configs: [{job_name: a, fallback_scrape_protocol: prometheusproto}]",
            "1:58 scrape_configs[0].fallback_scrape_protocol: expected one of PrometheusProto, PrometheusText0.0.4, PrometheusText1.0.0, OpenMetricsText0.0.1, OpenMetricsText1.0.0, found \"prometheusproto\" (PrometheusProto)" },
        { "scrape_configs:\n- job_name: a\n  consult_sd_configs: []", "3:3 scrape_configs[0].consult_sd_configs: unknown key \"consult_sd_configs\" (consul_sd_configs)" },
        { "scrape_configs:\n- job_name: a\n  static_configs:\n  - targets: [http://bad]", "4:14 scrape_configs[0].static_configs[0].targets: \"http://bad\" is not a host:port: scheme and path have keys of their own" },
        { "scrape_configs: [{job_name: a, basic_auth: {}, bearer_token: b}]", "1:62 scrape_configs[0].bearer_token: at most one kind of authentication may be set, not basic_auth and bearer_token" },
        { "scrape_configs: [{job_name: a, basic_auth: {}, authorization: {}, bearer_token: '', oauth2: }]", "1:63 scrape_configs[0].authorization: at most one kind of authentication may be set, not basic_auth and authorization" },
        { "scrape_configs: [{job_name: a, proxy_url: 'ftp://a'}]", "1:43 scrape_configs[0].proxy_url: expected the address of a proxy such as http://host:port (http, https, socks5 or socks5h)" },
        { "scrape_configs: [{job_name: a, no_proxy: b}]", "1:42 scrape_configs[0].no_proxy: \"no_proxy\" needs a \"proxy_url\"" },
        { "scrape_configs: [{job_name: a, http_headers: {Www-authenticate: {}}}]", "1:46 scrape_configs[0].http_headers: header \"Www-authenticate\" is set by the client itself" },
        { "scrape_configs: [{job_name: a, http_headers: {authorization: {}}}]", "1:46 scrape_configs[0].http_headers: header \"authorization\" is set by the client itself" },
        { "scrape_configs: [{job_name: a, oauth2: {client_id: a, token_url: b, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', signature_algorithm: HS256}}]",
            "1:149 scrape_configs[0].oauth2.signature_algorithm: expected RS256, RS384 or RS512, found \"HS256\"" },
        { "scrape_configs: [{job_name: a, tls_config: {min_version: TLS1.2}}]", "1:58 scrape_configs[0].tls_config.min_version: expected one of TLS10, TLS11, TLS12, TLS13, found \"TLS1.2\" (TLS12)" },
        { "scrape_configs: [{job_name: a, metric_name_validation_scheme: legacy, metric_name_escaping_scheme: allow-utf-8}]",
            "1:100 scrape_configs[0].metric_name_escaping_scheme: allow-utf-8 cannot stand with the legacy validation scheme" },
        { "scrape_configs: [{job_name: a, basic_auth: {password: a, password_file: b}}]", "1:73 scrape_configs[0].basic_auth.password_file: at most one of \"password\" and \"password_file\" may be set" },
        { "scrape_configs: [{job_name: a, authorization: {type: Basic}}]", "1:54 scrape_configs[0].authorization.type: type basic is not for \"authorization\": use \"basic_auth\"" },
        { "scrape_configs: [{job_name: a, ec2_sd_configs: [{bearer_token: a, bearer_token_file: b}]}]",
            "1:86 scrape_configs[0].ec2_sd_configs[0].bearer_token_file: at most one of \"bearer_token\" and \"bearer_token_file\" may be set" },
        { "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: hashmod\n    target_label: b", "4:5 scrape_configs[0].relabel_configs[0].modulus: action hashmod needs a \"modulus\" above 0" },
        { "scrape_configs: [{job_name: a, relabel_configs: [{action: lowercas}]}]",
            "1:59 scrape_configs[0].relabel_configs[0].action: expected one of replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase, found \"lowercas\" (lowercase)" },
        { "scrape_configs: [{job_name: a, relabel_configs: [{action: labeldrop, separator: x}]}]", "1:81 scrape_configs[0].relabel_configs[0].separator: action labeldrop takes only regex, not \"separator\"" },
        { "scrape_configs: [{job_name: a, relabel_configs: [{action: labelmap, replacement: ''}]}]",
            "1:82 scrape_configs[0].relabel_configs[0].replacement: action labelmap needs a \"replacement\": the names that labels get" },
        { "scrape_configs: [{job_name: a, relabel_configs: [{source_labels: [''], target_label: b}]}]",
            "1:66 scrape_configs[0].relabel_configs[0].source_labels: the name of a label must not be empty" },
        { "global: {metric_name_validation_scheme: legacy}\nalerting: {alert_relabel_configs: [{target_label: a.b}]}",
            "2:51 alerting.alert_relabel_configs[0].target_label: \"a.b\" is not a valid label name under the legacy scheme" },
        { "global: {metric_name_validation_scheme: legacy}\nremote_write: [{url: 'http://a', write_relabel_configs: [{action: labelmap, replacement: '1$1'}]}]",
            "2:90 remote_write[0].write_relabel_configs[0].replacement: \"1$1\" is not a valid label name under the legacy scheme" },
        { "remote_write: [{name: a}]", "1:16 remote_write[0].url: missing key \"url\"" },
        { "remote_write: [{url: 'http://a', headers: {host: b}}]", "1:43 remote_write[0].headers: header \"host\" is reserved" },
        { "remote_write: [{url: ':a'}]", "1:22 remote_write[0].url: expected an address such as http://host:port/path" },
        { "remote_write: [{url: 'http://a', sigv4: {access_key: a, external_id: b}}]",
            "1:54 remote_write[0].sigv4.access_key: \"access_key\" needs its \"secret_key\"|1:70 remote_write[0].sigv4.external_id: \"external_id\" is for a \"role_arn\"" },
        { "remote_write: [{url: 'http://a', azuread: {cloud: AzurePublic}}]", "1:43 remote_write[0].azuread: \"azuread\" needs one of managed_identity, workload_identity, oauth, certificate, sdk" },
        { "remote_write: [{url: 'http://a', azuread: {oauth: {client_id: b, client_secret: c, tenant_id: d, certificate_path: e}, sdk: {}}}]",
            "1:63 remote_write[0].azuread.oauth.client_id: expected a GUID such as 00000000-0000-0000-0000-000000000000"
            + "|1:116 remote_write[0].azuread.oauth.certificate_path: unknown key \"certificate_path\" here: known are client_id, client_secret, tenant_id"
            + "|1:125 remote_write[0].azuread.sdk: at most one of managed_identity, workload_identity, oauth, certificate, sdk may be set, not oauth and sdk" },
        { "remote_write: [{url: 'http://a', google_iam: {file: x}}]", "1:47 remote_write[0].google_iam.file: unknown key \"file\"" },
        { "remote_write: [{url: 'http://a', sigv4: {}, basic_auth: {}}]", "1:41 remote_write[0].sigv4: at most one kind of authentication may be set, not basic_auth and sigv4" },
        { "remote_read: [{url: 'http://a', headers: {authorization: b}}]", "1:42 remote_read[0].headers: header \"Authorization\" is set by basic_auth, authorization or oauth2, not by hand" },
        { "storage: {tsdb: {retention: {percentage: 101}}}", "1:42 storage.tsdb.retention.percentage: must be between 0 and 100" },
        { "alerting: {alertmanagers: [{api_version: v1}]}", "1:42 alerting.alertmanagers[0].api_version: expected v2, found \"v1\": the older version of the API is gone" },
        { "rule_files: ['a/*/b']", "1:13 rule_files: \"/etc/streamline/a/*/b\": the last part of a path alone may hold a *" },
        { "scrape_config_files: ['a/*/b']", "1:22 scrape_config_files: \"/etc/streamline/a/*/b\": the last part of a path alone may hold a *" },
        { "rule_files: ['a[']", "1:13 rule_files: \"a[\" is not a valid pattern: a class is not closed or nothing follows a backslash" },
        { "mode: proxy", "1:7 mode: expected one of server, agent, found \"proxy\"" },
        { "limits: {memory: 120%}", "1:18 limits.memory: expected a share such as 60% or a size such as 2GB, found \"120%\"" },
        { "global: {sample_limit: '${env:NONE}'}", "1:24 global.sample_limit: environment variable NONE is not set, and no default is given (${env:NONE:-default})" },
        { "global: {query_log_file: '${file:/no/such/file}'}", "1:26 global.query_log_file: cannot read file /no/such/file: Could not find a part of the path '/no/such/file'." },
        { "a: b\na: c", "2:1 : key \"a\" is already set in this mapping, on line 1|1:1 a: unknown key \"a\"" },
        { "global: *x", "1:9 : not valid YAML: unknown anchor \"x\"" },
        { "global: {a {b_[]c: d}\ne: f}", "1:9 : not valid YAML behind this place" },
        { "global: [", "2:1 : not valid YAML: While parsing a node, did not find expected node content." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Load_Fault_NamedAtItsPlace(string text, string expected) =>
        Assert.Equal(expected.Split('|').Order(), ConfigText.Bad(text).Order());

    public static TheoryData<string, string> PipelineFaults => new()
    {
        { "pipelines: {a: {sources: []}}", "1:26 pipelines.a.sources: pipeline \"a\" has no source: nothing would flow through it" },
        { "pipelines: {a: }", "1:13 pipelines.a.sources: pipeline \"a\" has no source: nothing would flow through it" },
        { "pipelines: {a: {sources: [{hots: {}}]}}", "1:28 pipelines.a.sources[0].hots: unknown key \"hots\" (host)" },
        { "pipelines: {a: {sources: [{}]}}", "1:27 pipelines.a.sources[0]: a source is one of scrape, host, self, push, remote_write, otlp; this one is none" },
        { "pipelines: {a: {sources: [{host: {}, self: {}}]}}", "1:44 pipelines.a.sources[0]: a source is one of scrape, host, self, push, remote_write, otlp; this one is host and self" },
        { "pipelines: {a: {sources: [{push: {}}]}, b: {sources: [{push: {}}]}}", "1:62 pipelines.b.sources[0].push: a push source stands already in pipeline \"a\": its paths are fixed, so there is one" },
        { "pipelines: {a: {sources: [{host: {}}, {host: {}}]}}", "" },
        { "pipelines: {a: {sources: [{host: {}}], stages: [{limit: {}}]}}", "1:57 pipelines.a.stages[0].limit: a limit needs \"active_series\" or \"new_series_per_hour\" above 0" },
        { "pipelines: {a: {sources: [{host: {}}], stages: [{aggregate: {match: up, by: [a], without: [b], outputs: [sum]}}]}}",
            "1:91 pipelines.a.stages[0].aggregate.without: at most one of \"by\" and \"without\" may be set" },
        { "pipelines: {a: {sources: [{host: {}}], stages: [{drop: {}}]}}", "1:56 pipelines.a.stages[0].drop.match: missing key \"match\"" },
        { "pipelines: {a: {sources: [{scrape: {job_name: x}}]}}\nscrape_configs: [{job_name: x}]", "1:47 pipelines.a.sources[0].scrape.job_name: job \"x\" exists already, line 2" },
        { "sinks: {a: {}}", "1:12 sinks.a: a sink is one of remote_write, parquet; this one is none" },
        { "sinks: {a: {parquet: {path: lake, partition: [day]}}}", "1:47 sinks.a.parquet.partition[0]: expected one of date, hour, found \"day\"" },
        { "rules: {evaluation: sometimes}", "1:21 rules.evaluation.alerting: expected one of interval, streaming, found \"sometimes\"|1:21 rules.evaluation.recording: expected one of interval, streaming, found \"sometimes\"" },
    };

    [Theory]
    [MemberData(nameof(PipelineFaults))]
    public void Load_FaultOfPipelines_NamedAtItsPlace(string text, string expected)
    {
        if (expected.Length == 0) ConfigText.Good(text);
        else Assert.Equal(expected.Split('|').Order(), ConfigText.Bad(text).Order());
    }

    [Fact]
    public void Load_SeveralFaults_AllReportedInFileOrder()
    {
        string[] errors = ConfigText.Bad("""
            global: {scrape_interval: never, nothing: 1}
            scrape_configs:
              - job_name: a
                honour_labels: true
                relabel_configs: [{regex: 'a(b'}]
              -
            mode: proxy
            """);
        Assert.Equal(["1:27", "1:34", "4:5", "5:23", "5:31", "6:4", "7:7"], errors.Select(e => e.Split(' ')[0]));
    }

    [Fact]
    public void Load_MissingFile_OneErrorWithItsName()
    {
        var result = ConfigLoader.Load("/no/such/pipeline.yaml");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("/no/such/pipeline.yaml: cannot be read: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileThatIsNotUtf8_Refused()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, [.. "global: {external_labels: {a: "u8, 0xe9, .. "}}"u8]);
            Assert.Equal($"{file}: not valid UTF-8", Assert.Single(ConfigLoader.Load(file).Errors).ToString());
            File.WriteAllBytes(file, [0xef, 0xbb, 0xbf, .. "global: {external_labels: {a: é}}\r\n"u8]);
            Assert.Equal("é", ConfigLoader.Load(file).Config!.Global.ExternalLabels["a"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void ToString_WithSuggestion_OneLine() =>
        Assert.Equal(
            "/etc/streamline/pipeline.yaml:1:1: globel: unknown key \"globel\" (did you mean \"global\"?)",
            Assert.Single(ConfigText.Load("globel: {}").Errors).ToString());
}
