using System.Text.Unicode;
using Streamline.Pipeline.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <content>What is built from messages only when it is wanted: labels of new series, histograms, exemplars.</content>
internal ref partial struct ProtobufExposition
{
    private const int MaxNameBytes = 1 << 16;

    public NativeHistogram Histogram => _isConverted ? Converted() : Native();

    public string? Decode(LabelsBuilder labels)
    {
        try
        {
            return DecodeChecked(labels);
        }
        catch (IngestFormatException error)
        {
            return error.Message;
        }
    }

    private readonly string? DecodeChecked(LabelsBuilder labels)
    {
        labels.Clear();
        if (_name.Length > MaxNameBytes) return "metric name is too long";
        labels.Set(Labels.MetricName, NameWithSuffix());
        if (_options.TypeAndUnit) TypeAndUnitLabels.Set(labels, Type, _unit);
        foreach (var range in _scratch.Labels)
        {
            if (AddLabel(labels, _metric[range]) is { } reason) return reason;
        }
        return _kind switch
        {
            SampleKind.Bucket => AddNumber(labels, "le"u8),
            SampleKind.Quantile => AddNumber(labels, "quantile"u8),
            SampleKind.Plain or SampleKind.Count or SampleKind.Sum or SampleKind.Histogram => null,
        };
    }

    public readonly bool DeclaresEmpty(ReadOnlySpan<byte> name)
    {
        foreach (var range in _scratch.Labels)
        {
            ReadPair(_metric[range], out var label, out var value);
            if (value.IsEmpty && label.SequenceEqual(name)) return true;
        }
        return false;
    }

    public bool TryExemplar(LabelsBuilder labels, long sampleMs, out Exemplar exemplar)
    {
        // Exemplars of a native histogram without a time are dropped: repeated ones could not be told from new ones.
        while (_nextExemplar < _scratch.Pending.Count)
        {
            try
            {
                exemplar = ReadExemplar(_metric[_scratch.Pending[_nextExemplar++]], labels, sampleMs);
            }
            catch (IngestFormatException error)
            {
                // The next event is the error then, and the whole body is refused.
                Fail(error.Message);
                break;
            }
            if (exemplar.HasTimestamp || _kind != SampleKind.Histogram) return true;
        }
        exemplar = null!;
        return false;
    }

    private readonly ReadOnlySpan<byte> NameWithSuffix()
    {
        var suffix = _kind switch
        {
            SampleKind.Count => "_count"u8,
            SampleKind.Sum => "_sum"u8,
            SampleKind.Bucket => "_bucket"u8,
            SampleKind.Plain or SampleKind.Quantile or SampleKind.Histogram => default,
        };
        return suffix.IsEmpty ? _name : (byte[])[.. _name, .. suffix];
    }

    private readonly string? AddLabel(LabelsBuilder labels, ReadOnlySpan<byte> field)
    {
        ReadPair(field, out var name, out var value);
        if (!LabelNames.IsUtf8(name)) return "invalid label name";
        if (!Utf8.IsValid(value)) return "invalid UTF-8 in a label value";
        if (name.Length > MaxNameBytes || value.Length > ExpositionReader.MaxLineBytes) return "label is too long";
        if (_options.TypeAndUnit && TypeAndUnitLabels.Owns(name, Type, _unit)) return null;
        if (!labels.ValueOf(name).IsEmpty) return "label name is not unique";
        labels.Set(name, value);
        return null;
    }

    private readonly string? AddNumber(LabelsBuilder labels, ReadOnlySpan<byte> name)
    {
        if (!labels.ValueOf(name).IsEmpty) return "label name is not unique";
        Span<byte> digits = stackalloc byte[OpenMetricsNumber.MaxBytes];
        labels.Set(name, digits[..OpenMetricsNumber.Write(_bound, digits)]);
        return null;
    }

    // The field with its tag, as the key holds it.
    private static void ReadPair(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var outer = new ProtobufReader(field);
        outer.MoveNext();
        name = value = default;
        var reader = new ProtobufReader(outer.ReadBytes());
        while (reader.MoveNext())
        {
            if (reader.Field == 1 && reader.WireType == 2) name = reader.ReadBytes();
            else if (reader.Field == 2 && reader.WireType == 2) value = reader.ReadBytes();
            else reader.Skip();
        }
    }

    private static Exemplar ReadExemplar(ReadOnlySpan<byte> message, LabelsBuilder labels, long sampleMs)
    {
        labels.Clear();
        double value = 0;
        long? timestamp = null;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2):
                    ReadPair(message[reader.FieldStart..], out var name, out var text);
                    reader.Skip();
                    if (LabelNames.IsUtf8(name) && Utf8.IsValid(text)) labels.Set(name, text);
                    break;
                case (2, 1): value = reader.ReadDouble(); break;
                case (3, 2): timestamp = MetricValues.Milliseconds(reader.ReadBytes()); break;
                default: reader.Skip(); break;
            }
        }
        return new Exemplar(labels.Build(), value, timestamp ?? sampleMs, timestamp is not null);
    }

    private void CheckSpans()
    {
        bool isFloat = _values.IsFloat;
        var problem = BucketFields.Problem("positive", _scratch.PositiveSpans, (isFloat ? _scratch.PositiveCounts : _scratch.PositiveLevels).Count)
            ?? BucketFields.Problem("negative", _scratch.NegativeSpans, (isFloat ? _scratch.NegativeCounts : _scratch.NegativeLevels).Count);
        if (problem is not null) Fail(problem);
    }

    private readonly CounterResetHint Hint => Type == MetricType.GaugeHistogram ? CounterResetHint.Gauge : CounterResetHint.Unknown;

    private readonly NativeHistogram Native()
    {
        bool isFloat = _values.IsFloat;
        var histogram = new NativeHistogram
        {
            Schema = _values.Schema,
            ZeroThreshold = _values.ZeroThreshold,
            ZeroCount = isFloat ? _values.ZeroCountFloat : _values.ZeroCount,
            Count = isFloat ? _values.CountFloat : _values.Count,
            Sum = double.IsNaN(_values.Sum) ? StaleMarker.NormalNaN : _values.Sum,
            IsInteger = !isFloat,
            ResetHint = Hint,
            PositiveSpanArray = [.. _scratch.PositiveSpans],
            NegativeSpanArray = [.. _scratch.NegativeSpans],
            PositiveBucketArray = [.. isFloat ? _scratch.PositiveCounts : _scratch.PositiveLevels],
            NegativeBucketArray = [.. isFloat ? _scratch.NegativeCounts : _scratch.NegativeLevels],
        };
        return histogram.Compact(0);
    }

    private readonly NativeHistogram Converted()
    {
        var converter = _scratch.Converter;
        converter.Clear();
        converter.SetCount(_values.AnyCount);
        converter.SetSum(double.IsNaN(_values.Sum) ? StaleMarker.NormalNaN : _values.Sum);
        foreach (var bucket in _scratch.Buckets) converter.Add(bucket.Bound, bucket.Count);
        return converter.Convert(Hint, out string? problem) ?? throw new IngestFormatException($"histogram {System.Text.Encoding.UTF8.GetString(_name)}: {problem}");
    }
}
