using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Stages;

namespace Streamline.Pipeline.Scrape;

/// <summary>What a job's configuration makes: replaced as a whole when the configuration changes.</summary>
internal sealed class JobParts : IDisposable
{
    // Scrapes that run on a replaced client are over by then.
    private static readonly TimeSpan Farewell = TimeSpan.FromMinutes(5);

    private readonly ScrapeManager _manager;
    private readonly Lock _lock = new();
    private readonly ScrapeClient _client;
    private readonly Dictionary<string, ScrapeClient> _sockets = [];

    private JobParts(ScrapeConfig config, ScrapeManager manager)
    {
        (Config, _manager) = (config, manager);
        Builder = new TargetBuilder(config);
        MetricRelabeler = new Relabeler(config.MetricRelabelConfigs, config.MetricNameValidationScheme ?? NameValidationScheme.Utf8);
        _client = new ScrapeClient(config, manager.Options.Time, manager.Options.Features);
    }

    public ScrapeConfig Config { get; }

    public TargetBuilder Builder { get; }

    public Relabeler MetricRelabeler { get; }

    /// <exception cref="FormatException">A regular expression is invalid.</exception>
    public static JobParts Of(ScrapeConfig config, ScrapeManager manager) => new(config, manager);

    /// <summary>Targets behind a socket have a client each: connections are kept by address, and many of them may name the same one.</summary>
    public ScrapeClient ClientFor(string? unixSocket)
    {
        if (string.IsNullOrEmpty(unixSocket)) return _client;
        lock (_lock)
        {
            if (_sockets.TryGetValue(unixSocket, out var known)) return known;
            return _sockets[unixSocket] = new ScrapeClient(Config, _manager.Options.Time, _manager.Options.Features, unixSocket);
        }
    }

    public void DisposeLater() => _ = DisposeLaterAsync();

    public void Dispose()
    {
        _client.Dispose();
        lock (_lock)
        {
            foreach (var client in _sockets.Values) client.Dispose();
        }
    }

    private async Task DisposeLaterAsync()
    {
        await Task.Delay(Farewell, _manager.Options.Time).ConfigureAwait(false);
        Dispose();
    }
}
