using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Notify;

namespace Streamline.Pipeline.Alerting;

/// <summary>An alertmanager section made ready: route tree, receivers, inhibition, time intervals. Built by a reload beside the running one.</summary>
internal sealed class DispatchModel : IDisposable
{
    private readonly Dictionary<string, Receiver> _receivers;

    private DispatchModel(Route root, Dictionary<string, Receiver> receivers, Inhibitor inhibitor, TimeMuting muting, IReadOnlyList<string> warnings) =>
        (Root, _receivers, Inhibitor, Muting, Warnings) = (root, receivers, inhibitor, muting, warnings);

    public Route Root { get; }

    public Inhibitor Inhibitor { get; }

    public TimeMuting Muting { get; }

    /// <summary>What the configuration asks for and is not built yet, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <exception cref="ArgumentException">The section has no route; the loader has checked it.</exception>
    public static DispatchModel Build(AlertmanagerConfig config, TimeProvider time, ILogger logger)
    {
        if (config.Route is null) throw new ArgumentException("alertmanager: no route", nameof(config));
        var warnings = new List<string>();
        if (config.Templates.Count > 0) warnings.Add("alertmanager: templates are not built yet; no integration uses them");
        if (HasTemplates(config.Route)) warnings.Add("alertmanager: templates in route labels are not built yet; such labels are sent as written");
        var receivers = config.Receivers.ToDictionary(r => r.Name, r => Receiver.Build(r, config.Global.HttpConfig, time, logger, warnings), StringComparer.Ordinal);
        return new DispatchModel(Route.Build(config.Route), receivers, new Inhibitor(config.InhibitRules), new TimeMuting(config), warnings);
    }

    public IReadOnlyList<INotifier> NotifiersOf(Route route) => _receivers.TryGetValue(route.Receiver, out Receiver? receiver) ? receiver.Notifiers : [];

    public void Dispose()
    {
        foreach (Receiver receiver in _receivers.Values) receiver.Dispose();
    }

    private static bool HasTemplates(RouteConfig route) =>
        route.Labels.Values.Any(v => v.Contains("{{", StringComparison.Ordinal)) || route.Routes.Any(HasTemplates);
}
