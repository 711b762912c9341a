namespace Streamline.Pipeline.Config;

/// <summary>One receiver of remote write.</summary>
internal sealed record RemoteWriteConfig : ConfigNode
{
    [RequiredKey]
    public string Url { get; init; } = "";

    public string Name { get; init; } = "";
    public TimeSpan RemoteTimeout { get; init; } = TimeSpan.FromSeconds(30);
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ConfigDefaults.NoStrings;
    public IReadOnlyList<RelabelConfig> WriteRelabelConfigs { get; init; } = [];
    public bool SendExemplars { get; init; }
    public bool SendNativeHistograms { get; init; }
    public bool RoundRobinDns { get; init; }
    public RemoteWriteMessage ProtobufMessage { get; init; } = RemoteWriteMessage.V1;
    public RemoteQueueConfig QueueConfig { get; init; } = new();
    public RemoteMetadataConfig MetadataConfig { get; init; } = new();
    public bool FailedRequestLogging { get; init; }

    [Key("sigv4")]
    public SigV4Config? SigV4 { get; init; }

    [Key("azuread")]
    public AzureAdConfig? AzureAd { get; init; }

    public GoogleIamConfig? GoogleIam { get; init; }

    [Inline]
    public HttpClientConfig Http { get; init; } = new() { EnableHttp2 = false };

    public override void Check(ConfigErrors errors)
    {
        HttpChecks.CheckUrl(this, "url", Url, errors);
        HttpChecks.CheckHeaders(this, Headers, errors);
        HttpChecks.AtMostOneKind(this, ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file", "sigv4", "azuread", "google_iam"], errors);
    }
}

/// <summary>The protobuf message that is sent.</summary>
internal enum RemoteWriteMessage
{
    [Key("prometheus.WriteRequest")]
    V1,

    [Key("io.prometheus.write.v2.Request")]
    V2,
}

/// <summary>How a remote write queue sends.</summary>
internal sealed record RemoteQueueConfig : ConfigNode
{
    public int Capacity { get; init; } = 10_000;
    public int MaxShards { get; init; } = 50;
    public int MinShards { get; init; } = 1;
    public int MaxSamplesPerSend { get; init; } = 2_000;
    public TimeSpan BatchSendDeadline { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(30);
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    [Key("retry_on_http_429")]
    public bool RetryOnHttp429 { get; init; }

    public TimeSpan SampleAgeLimit { get; init; }

    public override void Check(ConfigErrors errors)
    {
        Positive(Capacity, "capacity");
        Positive(MaxShards, "max_shards");
        Positive(MinShards, "min_shards");
        Positive(MaxSamplesPerSend, "max_samples_per_send");
        if (MinShards > MaxShards && MaxShards > 0) errors.Add(this, "min_shards", "\"min_shards\" is above \"max_shards\"");
        if (MinBackoff > MaxBackoff) errors.Add(this, "max_backoff", "\"max_backoff\" is below \"min_backoff\"");

        void Positive(int value, string key)
        {
            if (value == 0 && !Origin.Failed.Contains(key)) errors.Add(this, key, $"\"{key}\" must be above 0");
        }
    }
}

/// <summary>How metadata is sent.</summary>
internal sealed record RemoteMetadataConfig : ConfigNode
{
    public bool Send { get; init; } = true;
    public TimeSpan SendInterval { get; init; } = TimeSpan.FromMinutes(1);
    public int MaxSamplesPerSend { get; init; } = 2_000;
}

/// <summary>One source of remote read.</summary>
internal sealed record RemoteReadConfig : ConfigNode
{
    [RequiredKey]
    public string Url { get; init; } = "";

    public string Name { get; init; } = "";
    public TimeSpan RemoteTimeout { get; init; } = TimeSpan.FromMinutes(1);
    public ulong ChunkedReadLimit { get; init; } = 50_000_000;
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ConfigDefaults.NoStrings;
    public bool ReadRecent { get; init; }
    public IReadOnlyDictionary<string, string> RequiredMatchers { get; init; } = ConfigDefaults.NoStrings;
    public bool FilterExternalLabels { get; init; } = true;

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        HttpChecks.CheckUrl(this, "url", Url, errors);
        HttpChecks.CheckHeaders(this, Headers, errors);
        if (RequiredMatchers.ContainsKey("")) errors.Add(this, "required_matchers", "the name of a label must not be empty");
    }
}
