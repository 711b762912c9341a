using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Notify;

/// <summary>A named set of integrations, ready to notify.</summary>
internal sealed class Receiver(string name, IReadOnlyList<INotifier> notifiers) : IDisposable
{
    public string Name { get; } = name;

    public IReadOnlyList<INotifier> Notifiers { get; } = notifiers;

    /// <summary>Builds the integrations of a receiver; what is not built yet is named in <paramref name="warnings"/> and left out.</summary>
    public static Receiver Build(ReceiverConfig config, HttpClientConfig http, TimeProvider time, ILogger logger, List<string> warnings)
    {
        var notifiers = new List<INotifier>();
        foreach (WebhookReceiverConfig webhook in config.WebhookConfigs)
        {
            try
            {
                notifiers.Add(new WebhookNotifier(webhook, http, time));
            }
            catch (NotSupportedException error)
            {
                warnings.Add($"receiver \"{config.Name}\": {error.Message}: this integration is never notified");
            }
        }
        notifiers.AddRange(config.LogConfigs.Select(log => new LogNotifier(log.SendResolved, logger)));
        foreach (UnbuiltReceiverConfig unbuilt in config.Unbuilt)
        {
            warnings.Add($"receiver \"{config.Name}\": {unbuilt.Kind} is not built yet: this integration is never notified");
        }
        return new Receiver(config.Name, notifiers);
    }

    public void Dispose()
    {
        foreach (INotifier notifier in Notifiers) (notifier as IDisposable)?.Dispose();
    }
}
