using System.Reactive.Linq;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery;

/// <summary>Targets written in the configuration: one set, then silence.</summary>
internal sealed class StaticProvider(IReadOnlyList<StaticConfig> configs) : ITargetProvider
{
    private readonly TargetGroup[] _groups =
        [.. configs.Select((config, i) => TargetGroup.Of(i.ToString(System.Globalization.CultureInfo.InvariantCulture), config.Targets, config.Labels))];

    public string? Problem => null;

    public IObservable<IReadOnlyList<TargetGroup>> Groups => Observable.Return<IReadOnlyList<TargetGroup>>(_groups).Concat(Observable.Never<IReadOnlyList<TargetGroup>>());
}
