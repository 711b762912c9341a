using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Config;

/// <summary>The reload that nobody asks for: at each interval, when a file of the configuration reads differently (<c>--config.auto-reload</c>).</summary>
internal sealed partial class ConfigWatch(TimeSpan interval, TimeProvider time, Func<bool> hasChanged, Func<Task> reload, ILogger logger)
{
    // As Prometheus's least interval.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _interval = interval < LeastInterval ? LeastInterval : interval;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_interval, time, stop).ConfigureAwait(false);
                await CheckAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // A refused configuration is tried again each time, as in Prometheus: a file that it names may have come.
    private async Task CheckAsync()
    {
        try
        {
            if (!hasChanged()) return;
            LogChanged();
            await reload().ConfigureAwait(false);
        }
        catch (ConfigException error)
        {
            foreach (var one in error.Errors) LogError(one.ToString());
            LogRefused();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "a file of the configuration has changed: it is taken anew")]
    private partial void LogChanged();

    [LoggerMessage(Level = LogLevel.Error, Message = "{Error}")]
    private partial void LogError(string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "the new configuration has errors: the old one runs on, the new one is tried again at the next check")]
    private partial void LogRefused();

    [LoggerMessage(Level = LogLevel.Error, Message = "reload failed")]
    private partial void LogFailed(Exception error);
}
