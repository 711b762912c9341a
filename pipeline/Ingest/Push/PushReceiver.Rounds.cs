using Microsoft.Extensions.Logging;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>Each interval: all groups are written again, those whose ttl is over end.</summary>
internal sealed partial class PushReceiver
{
    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_config.Interval, _time, _stop.Token).ConfigureAwait(false);
                await RoundAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // The edge of the loop: a round that fails must not be the last one.
    private async Task RoundAsync()
    {
        try
        {
            var answer = await SendAsync(WriteAll, success: 200, Change.Round).ConfigureAwait(false);
            if (answer.StatusCode != 200) LogSkipped(Name, answer.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogRoundFailed(error, Name);
        }
    }

    private void WriteAll(SampleBatch batch, long nowMs)
    {
        foreach (var group in _groups.All.ToList())
        {
            if (!group.IsExpired(nowMs))
            {
                Write(batch, group, nowMs);
                continue;
            }
            string name = string.Join('/', group.Labels.Select(l => l.Key + "=" + l.Value));
            LogExpired(name, group.Ttl);
            End(group, batch, nowMs);
            _groups.Remove(group);
        }
        _groups.TryFlush(sync: true);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "push {Name}: a round of pushed groups was left out: {Reason}")]
    private partial void LogSkipped(string name, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "push {Name}: a round of pushed groups failed")]
    private partial void LogRoundFailed(Exception error, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "pushed group {Group} was not pushed again within {Ttl}: its series end")]
    private partial void LogExpired(string group, TimeSpan ttl);
}
