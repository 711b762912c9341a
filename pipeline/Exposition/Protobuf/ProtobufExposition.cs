using System.Buffers.Binary;
using System.Text.Unicode;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Walks a body of io.prometheus.client.MetricFamily messages, each behind its length. A family gives one Type event that stands for all its metadata, a metric its
/// samples: histograms and summaries several, the native histogram first. Hot path: floats of a known body allocate nothing.
/// </summary>
internal ref partial struct ProtobufExposition(ReadOnlySpan<byte> body, ExpositionOptions options, ProtobufScratch scratch) : IExposition
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly ProtobufScratch _scratch = scratch;
    private readonly ExpositionOptions _options = options;
    private int _at;
    private int _familyStart;

    // The family: read once for its metadata, then walked again for its metrics.
    private ReadOnlySpan<byte> _name, _help, _unit;
    private ProtobufReader _metrics;

    // The metric, and which of its samples come: floats from _part up to _lastPart.
    private ReadOnlySpan<byte> _metric;
    private MetricValues _values;
    private bool _givesHistogram, _isConverted;
    private int _part, _lastPart;
    private int _nextExemplar;

    // The sample.
    private SampleKind _kind;
    private double _bound;

    private enum SampleKind : byte
    {
        Plain,
        Count,
        Sum,
        Bucket,
        Quantile,
        Histogram,
    }

    private const int CountPart = -2, SumPart = -1;

    public MetricType Type { get; private set; }

    public double Value { get; private set; }

    /// <summary>Why the last call gave Error.</summary>
    public string? Reason { get; private set; }

    public readonly bool HasTimestamp => _values.TimestampMs != 0;

    public readonly long TimestampMs => _values.TimestampMs;

    public readonly long StartMs => _options.StartTimes ? _values.StartMs : 0;

    /// <summary>Empty: conversion of classic histograms is done here, where their parts are together.</summary>
    public readonly ReadOnlySpan<byte> Family => default;

    public readonly ReadOnlySpan<byte> FamilyName => _name;

    public readonly string Problem => $"metric family at byte {_familyStart}: {Reason}";

    public readonly RouteKey Key
    {
        get
        {
            var key = _scratch.Key.AsSpan(0, _scratch.KeyLength + ProtobufScratch.KeySuffixBytes);
            key[_scratch.KeyLength] = (byte)_kind;
            BinaryPrimitives.WriteInt64LittleEndian(key[(_scratch.KeyLength + 1)..], BitConverter.DoubleToInt64Bits(_bound));
            return RouteKey.Of(key);
        }
    }

    public ExpositionEvent Next()
    {
        if (Reason is not null) return ExpositionEvent.Error;
        try
        {
            return Advance();
        }
        catch (IngestFormatException error)
        {
            return Fail(error.Message);
        }
    }

    public ExpositionEvent Fail(string reason)
    {
        Reason = reason;
        return ExpositionEvent.Error;
    }

    public readonly void Tell(ExpositionEvent found, SourceMetadata metadata) => metadata.Take(_name, Type, _help, _unit);

    private ExpositionEvent Advance()
    {
        while (true)
        {
            if (_givesHistogram) return GiveHistogram();
            if (_part < _lastPart) return GivePart();
            if (TryMetric()) continue;
            if (Reason is not null) return ExpositionEvent.Error;
            if (_at >= _body.Length) return ExpositionEvent.End;
            if (ReadFamily()) return Reason is null ? ExpositionEvent.Type : ExpositionEvent.Error;
        }
    }

    // False for a family without metrics: it is passed over.
    private bool ReadFamily()
    {
        _familyStart = _at;
        var outer = new ProtobufReader(_body[_at..]);
        var family = outer.ReadBytes();
        _at += outer.Position;
        _name = _help = _unit = default;
        int type = 0, metrics = 0;
        var reader = new ProtobufReader(family);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): _name = reader.ReadBytes(); break;
                case (2, 2): _help = reader.ReadBytes(); break;
                case (3, 0): type = (int)Math.Min(reader.ReadVarint(), int.MaxValue); break;
                case (4, 2): reader.Skip(); metrics++; break;
                case (5, 2): _unit = reader.ReadBytes(); break;
                default: reader.Skip(); break;
            }
        }
        if (metrics == 0) return false;
        if (!LabelNames.IsUtf8(_name)) Fail("invalid metric name");
        else if (!Utf8.IsValid(_help) || !Utf8.IsValid(_unit)) Fail("help or unit is not UTF-8");
        else if (type > 5) Fail($"unknown metric type {type}");
        Type = (MetricKind)type switch
        {
            MetricKind.Counter => MetricType.Counter,
            MetricKind.Gauge => MetricType.Gauge,
            MetricKind.Summary => MetricType.Summary,
            MetricKind.Histogram => MetricType.Histogram,
            MetricKind.GaugeHistogram => MetricType.GaugeHistogram,
            _ => MetricType.Unknown,
        };
        _metrics = new ProtobufReader(family);
        return true;
    }

    // The numbers of io.prometheus.client.MetricType.
    private enum MetricKind
    {
        Counter = 0,
        Gauge = 1,
        Summary = 2,
        Untyped = 3,
        Histogram = 4,
        GaugeHistogram = 5,
    }

    private bool TryMetric()
    {
        while (_metrics.MoveNext())
        {
            if (_metrics.Field != 4 || _metrics.WireType != 2)
            {
                _metrics.Skip();
                continue;
            }
            _metric = _metrics.ReadBytes();
            _values = MetricValues.Read(_metric, Type, _scratch);
            BeginKey();
            Plan();
            return Reason is null;
        }
        return false;
    }

    private readonly void BeginKey()
    {
        _scratch.KeyLength = 0;
        _scratch.AddToKey(_name);
        // No UTF-8 text holds this byte, so nothing that follows passes for a part of the name.
        _scratch.AddToKey([0xff]);
        foreach (var label in _scratch.Labels) _scratch.AddToKey(_metric[label]);
        if (!_options.TypeAndUnit) return;
        _scratch.AddToKey([0xff, (byte)Type]);
        _scratch.AddToKey(_unit);
    }

    // What of a histogram is wanted: C18 of Prometheus's switches.
    private void Plan()
    {
        (_part, _lastPart, _givesHistogram, _isConverted) = (0, 1, false, false);
        if (Type == MetricType.Summary) (_part, _lastPart) = (CountPart, _scratch.Quantiles.Count);
        if (Type is not (MetricType.Histogram or MetricType.GaugeHistogram)) return;
        bool isNative = _options.NativeHistograms && IsNative;
        _isConverted = !isNative && _options.ConvertClassic;
        _givesHistogram = isNative || _isConverted;
        bool givesClassic = !_givesHistogram || (_options.KeepClassic && (_isConverted || _scratch.Buckets.Count > 0));
        (_part, _lastPart) = givesClassic ? (CountPart, _scratch.Buckets.Count + (EndsAtInfinity ? 0 : 1)) : (0, 0);
        if (isNative) CheckSpans();
    }

    // A native histogram without observations and zero threshold tells itself by an empty span.
    private readonly bool IsNative => _scratch.PositiveSpans.Count > 0 || _scratch.NegativeSpans.Count > 0 || _values.ZeroThreshold > 0 || _values.ZeroCount > 0;

    private readonly bool EndsAtInfinity => _scratch.Buckets.Count > 0 && double.IsPositiveInfinity(_scratch.Buckets[^1].Bound);

    private ExpositionEvent GiveHistogram()
    {
        _givesHistogram = false;
        (_kind, _bound, Value) = (SampleKind.Histogram, 0, _values.Sum);
        _nextExemplar = 0;
        _scratch.Pending.Clear();
        if (!_options.Exemplars) return ExpositionEvent.Histogram;
        _scratch.Pending.AddRange(_scratch.Exemplars);
        if (_scratch.Pending.Count > 0) return ExpositionEvent.Histogram;
        foreach (var bucket in _scratch.Buckets)
        {
            if (!bucket.Exemplar.Equals(default)) _scratch.Pending.Add(bucket.Exemplar);
        }
        return ExpositionEvent.Histogram;
    }

    private ExpositionEvent GivePart()
    {
        int part = _part++;
        Range exemplar = default;
        if (Type is not (MetricType.Summary or MetricType.Histogram or MetricType.GaugeHistogram)) (_kind, _bound, Value, exemplar) = (SampleKind.Plain, 0, _values.Value, _values.Exemplar);
        else if (part == CountPart) (_kind, _bound, Value) = (SampleKind.Count, 0, _values.AnyCount);
        else if (part == SumPart) (_kind, _bound, Value) = (SampleKind.Sum, 0, _values.Sum);
        else if (Type == MetricType.Summary) (_kind, _bound, Value) = (SampleKind.Quantile, _scratch.Quantiles[part].Quantile, _scratch.Quantiles[part].Value);
        else if (part >= _scratch.Buckets.Count) (_kind, _bound, Value) = (SampleKind.Bucket, double.PositiveInfinity, _values.AnyCount);
        else (_kind, _bound, Value, exemplar) = (SampleKind.Bucket, _scratch.Buckets[part].Bound, _scratch.Buckets[part].Count, _scratch.Buckets[part].Exemplar);
        // No target can write a stale marker.
        if (double.IsNaN(Value)) Value = StaleMarker.NormalNaN;
        _scratch.Pending.Clear();
        _nextExemplar = 0;
        if (_options.Exemplars && !exemplar.Equals(default)) _scratch.Pending.Add(exemplar);
        return ExpositionEvent.Sample;
    }
}
