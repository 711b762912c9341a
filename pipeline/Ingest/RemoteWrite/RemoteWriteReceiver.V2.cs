using System.Runtime.CompilerServices;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>Remote write 2.0: the same way with another reader. What cannot be stored is refused, the rest stored, and the answer counts both (W3, W12).</summary>
internal sealed partial class RemoteWriteReceiver
{
    private void FillV2(SampleBatch batch, ReadOnlySpan<byte> request, long nowMs, Outcome outcome)
    {
        var reader = new RemoteWriteV2Reader(request);
        try
        {
            while (reader.MoveNext())
            {
                if (RouteOf(ref reader, outcome) is { } route) AddItems(batch, ref reader, route, nowMs, outcome);
            }
        }
        finally
        {
            reader.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Route? RouteOf(ref RemoteWriteV2Reader reader, Outcome outcome)
    {
        if (reader.Problem is null)
        {
            var key = RouteKey.Of(reader.RawLabels);
            if (_cache.TryTouch(key, track: false, out var route, out _)) return route;
            if (reader.DecodeLabels(_labels) is not { } error)
            {
                route = Router.Resolve(_labels);
                _cache.Add(key, route, track: false);
                return route;
            }
            outcome.Error ??= error;
        }
        outcome.Error ??= reader.Problem;
        _invalidSeries.Add(1);
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddItems(SampleBatch batch, ref RemoteWriteV2Reader reader, Route route, long nowMs, Outcome outcome)
    {
        var items = reader.Items();
        while (items.MoveNext())
        {
            switch (items.Item)
            {
                case RemoteWriteItem.Sample:
                    if (!Admit(batch, route, items.TimestampMs, nowMs)) break;
                    batch.Add(route.Handle, items.TimestampMs, items.Value);
                    if (items.StartMs != 0) batch.SetStart(items.StartMs);
                    break;
                case RemoteWriteItem.Histogram: AddHistogram(batch, items.Message, route, nowMs, outcome); break;
                case RemoteWriteItem.Exemplar: AddExemplar(batch, reader.ReadExemplar(items.Message, _labels), route, outcome); break;
                case RemoteWriteItem.Metadata: TakeMetadata(ref reader, items.Message); break;
            }
        }
    }

    private void TakeMetadata(ref RemoteWriteV2Reader reader, ReadOnlySpan<byte> message)
    {
        int type = 0;
        ReadOnlySpan<byte> help = default, unit = default;
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            switch (fields.Field, fields.WireType)
            {
                case (1, 0): type = (int)Math.Min(fields.ReadVarint(), int.MaxValue); break;
                case (3, 0): help = reader.Symbol(fields.ReadVarint()); break;
                case (4, 0): unit = reader.Symbol(fields.ReadVarint()); break;
                default: fields.Skip(); break;
            }
        }
        if (type == 0 && help.IsEmpty && unit.IsEmpty) return;
        _metadata.Take(reader.MetricName, RemoteWriteTypes.Of(type), help, unit);
    }
}
