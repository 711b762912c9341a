using System.Reactive.Linq;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery;

/// <summary>
/// Providers of equal configurations, of several jobs or of a job before and after a reload, are one as long as anybody listens (reference D2): a server is not asked
/// twice for the same, and its groups are in memory once. Thread safe.
/// </summary>
internal sealed class SharedProviders
{
    private readonly Lock _lock = new();
    private readonly List<Shared> _running = [];

    /// <summary>The provider of a configuration, opened when the first one listens to it.</summary>
    public ITargetProvider Of(ConfigNode config, Func<ITargetProvider> open)
    {
        lock (_lock)
        {
            if (_running.Find(known => known.Config.GetType() == config.GetType() && ConfigPrinter.AreSame(known.Config, config)) is { } same) return same;
            Shared? made = null;
            // The newest groups are what a later listener begins with.
            made = new Shared(config, Observable.Defer(() => made!.Open(open).Groups).Finally(() => End(made!)).Replay(1).RefCount());
            _running.Add(made);
            return made;
        }
    }

    private void End(Shared ended)
    {
        lock (_lock) _running.Remove(ended);
    }

    private sealed class Shared(ConfigNode config, IObservable<IReadOnlyList<TargetGroup>> groups) : ITargetProvider
    {
        private ITargetProvider? _opened;

        public ConfigNode Config => config;

        public IObservable<IReadOnlyList<TargetGroup>> Groups => groups;

        public string? Problem => Volatile.Read(ref _opened)?.Problem;

        public ITargetProvider Open(Func<ITargetProvider> open)
        {
            var opened = open();
            Volatile.Write(ref _opened, opened);
            return opened;
        }
    }
}
