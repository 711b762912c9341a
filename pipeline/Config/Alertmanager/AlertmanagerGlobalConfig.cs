namespace Streamline.Pipeline.Config;

/// <summary>Defaults of all receivers.</summary>
internal sealed record AlertmanagerGlobalConfig : ConfigNode
{
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromMinutes(5);
    public HttpClientConfig HttpConfig { get; init; } = new();

    public string SmtpFrom { get; init; } = "";
    public string SmtpSmarthost { get; init; } = "";
    public string SmtpHello { get; init; } = "localhost";
    public string SmtpAuthUsername { get; init; } = "";
    public Secret? SmtpAuthPassword { get; init; }
    public string SmtpAuthPasswordFile { get; init; } = "";
    public Secret? SmtpAuthSecret { get; init; }
    public string SmtpAuthSecretFile { get; init; } = "";
    public string SmtpAuthIdentity { get; init; } = "";
    public bool SmtpRequireTls { get; init; } = true;
    public TlsConfig? SmtpTlsConfig { get; init; }
    public bool? SmtpForceImplicitTls { get; init; }

    public Secret? SlackApiUrl { get; init; }
    public string SlackApiUrlFile { get; init; } = "";
    public Secret? SlackAppToken { get; init; }
    public string SlackAppTokenFile { get; init; } = "";
    public string SlackAppUrl { get; init; } = "https://slack.com/api/chat.postMessage";
    public string RocketchatApiUrl { get; init; } = "https://open.rocket.chat/";
    public Secret? RocketchatToken { get; init; }
    public string RocketchatTokenFile { get; init; } = "";
    public Secret? RocketchatTokenId { get; init; }
    public string RocketchatTokenIdFile { get; init; } = "";
    public Secret? MattermostWebhookUrl { get; init; }
    public string MattermostWebhookUrlFile { get; init; } = "";
    public string TelegramApiUrl { get; init; } = "https://api.telegram.org";
    public Secret? TelegramBotToken { get; init; }
    public string TelegramBotTokenFile { get; init; } = "";
    public string WebexApiUrl { get; init; } = "https://webexapis.com/v1/messages";
    public string WechatApiUrl { get; init; } = "https://qyapi.weixin.qq.com/cgi-bin/";
    public Secret? WechatApiSecret { get; init; }
    public string WechatApiSecretFile { get; init; } = "";
    public string WechatApiCorpId { get; init; } = "";

    public string PagerdutyUrl { get; init; } = "https://events.pagerduty.com/v2/enqueue";
    public string OpsgenieApiUrl { get; init; } = "https://api.opsgenie.com/";
    public Secret? OpsgenieApiKey { get; init; }
    public string OpsgenieApiKeyFile { get; init; } = "";
    public string VictoropsApiUrl { get; init; } = "https://alert.victorops.com/integrations/generic/20131114/alert/";
    public Secret? VictoropsApiKey { get; init; }
    public string VictoropsApiKeyFile { get; init; } = "";
    public string JiraApiUrl { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        foreach (string key in Origin.Keys.Keys)
        {
            if (key.EndsWith("_file", StringComparison.Ordinal)) HttpChecks.AtMostOne(this, errors, key[..^"_file".Length], key);
        }
    }
}
