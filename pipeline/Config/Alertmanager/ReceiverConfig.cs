namespace Streamline.Pipeline.Config;

/// <summary>A named set of integrations.</summary>
internal sealed record ReceiverConfig : ConfigNode
{
    [RequiredKey]
    public string Name { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;
    public IReadOnlyList<WebhookReceiverConfig> WebhookConfigs { get; init; } = [];
    public IReadOnlyList<LogReceiverConfig> LogConfigs { get; init; } = [];

    /// <summary>Integrations that are known but not built yet: valid, never notified, a warning.</summary>
    [OtherKeys("_configs")]
    public IReadOnlyList<UnbuiltReceiverConfig> Unbuilt { get; init; } = [];
}

/// <summary>Alertmanager's JSON by POST.</summary>
internal sealed record WebhookReceiverConfig : ConfigNode
{
    public bool SendResolved { get; init; } = true;

    /// <summary>Not null after loading: the global one when not written.</summary>
    public HttpClientConfig? HttpConfig { get; init; }

    /// <summary>A template; secret because tokens stand in it, and therefore filled from the environment all the same.</summary>
    public Secret? Url { get; init; }

    /// <summary>Relative to the working directory, as in Alertmanager.</summary>
    public string UrlFile { get; init; } = "";

    /// <summary>Most alerts in one message; 0 is all.</summary>
    public int MaxAlerts { get; init; }

    /// <summary>0: as long as the group's own flush may take.</summary>
    public TimeSpan Timeout { get; init; }

    [NoEffectYet]
    public YamlNode? Payload { get; init; }

    public override void Check(ConfigErrors errors)
    {
        HttpChecks.AtMostOne(this, errors, "url", "url_file");
        bool hasUrl = Url is { IsEmpty: false } || UrlFile.Length > 0 || Origin.Failed.Contains("url");
        if (!hasUrl) errors.Add(this, "url", "a webhook needs a \"url\" or a \"url_file\"");
    }
}

/// <summary>A line in the log per notification; Streamline's own kind.</summary>
internal sealed record LogReceiverConfig : ConfigNode
{
    public bool SendResolved { get; init; } = true;
}

/// <summary>An entry of <c>KIND_configs</c> whose integration does not exist here yet; kept as written.</summary>
internal sealed record UnbuiltReceiverConfig(string Kind, ConfigPosition Position, YamlMapping Raw)
{
    /// <summary>The integrations of Alertmanager 0.34 without a class here.</summary>
    public static readonly IReadOnlyList<string> Kinds =
    [
        "discord", "email", "incidentio", "jira", "mattermost", "msteams", "msteamsv2", "opsgenie", "pagerduty", "pushover", "rocketchat", "slack",
        "sns", "telegram", "victorops", "webex", "wechat",
    ];
}
