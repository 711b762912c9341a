using System.Runtime.CompilerServices;
using System.Text;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Turns name, labels and value into samples of a batch, for sources that make their samples themselves. A series met before costs a hash of its
/// text; only a new one is built into labels. One round is <see cref="Begin"/>, samples, <see cref="End"/>; one thread at a time.
/// </summary>
internal sealed class SeriesWriter
{
    private const byte Separator = 0xFF;

    private readonly RouteCache _cache = new();
    private readonly LabelsBuilder _labels = new();
    private readonly List<SeriesHandle> _vanished = [];
    private readonly IReadOnlyList<KeyValuePair<string, string>> _baseLabels;
    private byte[] _key = new byte[256];
    private int _used;

    // Set for the length of a round.
    private SampleBatch? _batch;
    private SeriesRouter? _router;
    private long _timestampMs;

    /// <summary>Every series gets the base labels unless it has a label of that name itself.</summary>
    public SeriesWriter(IReadOnlyList<KeyValuePair<string, string>> baseLabels) => _baseLabels = baseLabels;

    /// <summary>Starts a round: what is added goes into the batch, stamped with the time.</summary>
    public void Begin(SampleBatch batch, SeriesRouter router, long timestampMs)
    {
        (_batch, _router, _timestampMs) = (batch, router, timestampMs);
        _cache.Use(router.Generation);
        _cache.BeginRound();
    }

    /// <summary>Ends the round: series of the last one that did not come again get a stale marker.</summary>
    public void End()
    {
        _vanished.Clear();
        _cache.EndRound(_vanished);
        foreach (var handle in _vanished) _batch!.Add(handle, _timestampMs, StaleMarker.Value);
        (_batch, _router) = (null, null);
    }

    /// <summary>The source is gone: every series of the last round gets a stale marker.</summary>
    public void EndAll(SampleBatch batch, long timestampMs)
    {
        _vanished.Clear();
        _cache.BeginRound();
        _cache.FailRound(_vanished);
        foreach (var handle in _vanished) batch.Add(handle, timestampMs, StaleMarker.Value);
    }

    /// <summary>Starts a series; labels follow, then <see cref="Value"/>.</summary>
    public SeriesWriter Series(ReadOnlySpan<byte> name)
    {
        _used = 0;
        Append(name);
        return this;
    }

    public SeriesWriter Label(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Append(name);
        Append(value);
        return this;
    }

    public SeriesWriter Label(ReadOnlySpan<byte> name, string value)
    {
        Append(name);
        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Reserve(most + 1);
        _used += Encoding.UTF8.GetBytes(value, _key.AsSpan(_used));
        _key[_used++] = Separator;
        return this;
    }

    /// <summary>Ends the series with its sample.</summary>
    public void Value(double value)
    {
        var key = RouteKey.Of(_key.AsSpan(0, _used));
        if (!_cache.TryTouch(key, track: true, out var route, out bool repeated) || (!route.IsDropped && !_router!.Store.IsLive(route.Handle)))
        {
            route = ResolveNew();
            _cache.Add(key, route, track: true);
            repeated = false;
        }
        if (repeated) return;
        if (route.IsDropped) _batch!.Drop(route.Dropped == DropReason.Limit ? RejectReason.Limit : RejectReason.Dropped);
        else _batch!.Add(route.Handle, _timestampMs, value);
    }

    /// <summary>Ends the series with its sample, or leaves it out: NaN says that a file did not have the number.</summary>
    public void ValueIfThere(double value)
    {
        if (!double.IsNaN(value)) Value(value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Route ResolveNew()
    {
        _labels.Clear();
        foreach (var (name, value) in _baseLabels) _labels.Set(name, value);
        var rest = (ReadOnlySpan<byte>)_key.AsSpan(0, _used);
        _labels.Set(Labels.MetricName, Next(ref rest));
        while (!rest.IsEmpty)
        {
            var name = Next(ref rest);
            _labels.Set(name, Next(ref rest));
        }
        return _router!.Resolve(_labels);
    }

    private static ReadOnlySpan<byte> Next(scoped ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf(Separator);
        var part = rest[..end];
        rest = rest[(end + 1)..];
        return part;
    }

    // 0xFF never stands in UTF-8, so it parts the strings without doubt; texts that are not UTF-8 (a mount point) are cleaned first.
    private void Append(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length + 1);
        if (System.Text.Unicode.Utf8.IsValid(text))
        {
            text.CopyTo(_key.AsSpan(_used));
            _used += text.Length;
        }
        else
        {
            byte[] clean = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
            Reserve(clean.Length + 1);
            clean.CopyTo(_key, _used);
            _used += clean.Length;
        }
        _key[_used++] = Separator;
    }

    private void Reserve(int bytes)
    {
        if (_used + bytes > _key.Length) Array.Resize(ref _key, Math.Max(_key.Length * 2, _used + bytes));
    }
}
