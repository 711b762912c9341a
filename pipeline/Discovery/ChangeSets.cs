using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Streamline.Pipeline.Discovery;

/// <summary>Operators for discovery updates.</summary>
internal static class ChangeSets
{
    /// <summary>Updates that go on and on reach a job at most this often.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>After a quiet time the update behind the first one waits this long; each further one half as long again, up to <see cref="Period"/>. As Prometheus's manager.</summary>
    public static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(100);

    // Mechanisms that answer within it come in one update with the others; a dead server keeps nobody's targets away for longer.
    private static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(1);

    /// <summary>All groups of all providers, once each has spoken or had its time to, then with every change.</summary>
    public static IObservable<IReadOnlyList<TargetGroup>> Merge(IReadOnlyList<ITargetProvider> providers, TimeProvider time) =>
        providers.Count == 0
            ? Observable.Return<IReadOnlyList<TargetGroup>>([])
            : providers.Select(provider => provider.Groups.SpeaksWithin(FirstWord, time)).CombineLatest(sets => (IReadOnlyList<TargetGroup>)[.. sets.SelectMany(set => set)]);

    /// <summary>
    /// Passes an update at once after a quiet time, else the newest one at the period's end. Periods grow from the shortest while updates keep coming.
    /// </summary>
    public static IObservable<T> Throttled<T>(this IObservable<T> source, TimeSpan shortest, TimeSpan longest, TimeProvider time) =>
        Observable.Create<T>(observer =>
        {
            var gate = new Gate<T>(observer, shortest, longest, time);
            return new CompositeDisposable(source.SubscribeSafe(Observer.Create<T>(gate.Take)), gate);
        });

    private static IObservable<IReadOnlyList<TargetGroup>> SpeaksWithin(this IObservable<IReadOnlyList<TargetGroup>> groups, TimeSpan patience, TimeProvider time) =>
        Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
        {
            var first = new FirstSpeaker(observer);
            var inner = groups.SubscribeSafe(Observer.Create<IReadOnlyList<TargetGroup>>(first.Pass));
            return new CompositeDisposable(inner, time.CreateTimer(_ => first.GiveUp(), null, patience, Timeout.InfiniteTimeSpan));
        });

    private sealed class FirstSpeaker(IObserver<IReadOnlyList<TargetGroup>> observer)
    {
        private readonly Lock _lock = new();
        private bool _hasSpoken;

        public void Pass(IReadOnlyList<TargetGroup> groups)
        {
            lock (_lock)
            {
                _hasSpoken = true;
                observer.OnNext(groups);
            }
        }

        public void GiveUp()
        {
            lock (_lock)
            {
                if (!_hasSpoken) observer.OnNext([]);
            }
        }
    }

    private sealed class Gate<T> : IDisposable
    {
        private const double Growth = 1.5;

        private readonly Lock _lock = new();
        private readonly IObserver<T> _observer;
        private readonly TimeSpan _shortest;
        private readonly TimeSpan _longest;
        private readonly TimeProvider _time;
        private readonly ITimer _timer;
        private long _lastPass;
        private TimeSpan _period;
        private bool _closed;
        private bool _hasPending;
        private T? _pending;

        public Gate(IObserver<T> observer, TimeSpan shortest, TimeSpan longest, TimeProvider time)
        {
            (_observer, _shortest, _longest, _time) = (observer, shortest, longest, time);
            _period = shortest;
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
                if (_time.GetElapsedTime(_lastPass) >= _longest) _period = _shortest;
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
            _lastPass = _time.GetTimestamp();
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
            _period = TimeSpan.FromTicks(Math.Min((long)(_period.Ticks * Growth), _longest.Ticks));
            _observer.OnNext(update);
        }
    }
}
