using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Streamline.Pipeline.Discovery;

/// <summary>Operators for discovery updates.</summary>
internal static class ChangeSets
{
    /// <summary>Updates of a job reach its pool at most this often; the first one at once.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>All groups of all providers, once each has spoken, then with every change.</summary>
    public static IObservable<IReadOnlyList<TargetGroup>> Merge(IReadOnlyList<ITargetProvider> providers) =>
        providers.Count == 0
            ? Observable.Return<IReadOnlyList<TargetGroup>>([])
            : providers.Select(provider => provider.Groups).CombineLatest(sets => (IReadOnlyList<TargetGroup>)[.. sets.SelectMany(set => set)]);

    /// <summary>Passes an update at once when the last one is a period ago, else the newest one at the period's end.</summary>
    public static IObservable<T> Throttled<T>(this IObservable<T> source, TimeSpan period, TimeProvider time) =>
        Observable.Create<T>(observer =>
        {
            var gate = new Gate<T>(observer, period, time);
            return new CompositeDisposable(source.SubscribeSafe(Observer.Create<T>(gate.Take)), gate);
        });

    private sealed class Gate<T> : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly IObserver<T> _observer;
        private readonly TimeSpan _period;
        private readonly ITimer _timer;
        private bool _closed;
        private bool _hasPending;
        private T? _pending;

        public Gate(IObserver<T> observer, TimeSpan period, TimeProvider time)
        {
            _observer = observer;
            _period = period;
            _timer = time.CreateTimer(_ => PeriodEnds(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Take(T update)
        {
            lock (_lock)
            {
                if (_closed)
                {
                    (_pending, _hasPending) = (update, true);
                    return;
                }
                Pass(update);
            }
        }

        public void Dispose() => _timer.Dispose();

        private void PeriodEnds()
        {
            lock (_lock)
            {
                _closed = false;
                if (!_hasPending) return;
                var update = _pending!;
                (_pending, _hasPending) = (default, false);
                Pass(update);
            }
        }

        private void Pass(T update)
        {
            _closed = true;
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
            _observer.OnNext(update);
        }
    }
}
