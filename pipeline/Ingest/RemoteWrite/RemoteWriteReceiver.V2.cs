using System.Runtime.CompilerServices;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>Remote write 2.0: the same way with another reader. What cannot be stored is refused, the rest stored, and the answer counts both (W3, W12).</summary>
internal sealed partial class RemoteWriteReceiver
{
    private void FillV2(SampleBatch batch, ReadOnlySpan<byte> request, long nowMs, Outcome outcome)
    {
        var reader = new RemoteWriteV2Reader(request, _typeAndUnit);
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
            var key = RouteKey.Of(reader.Key);
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
        bool isEmpty = true;
        while (items.MoveNext())
        {
            isEmpty &= items.Item is not (RemoteWriteItem.Sample or RemoteWriteItem.Histogram);
            switch (items.Item)
            {
                case RemoteWriteItem.Sample:
                    if (!Admit(batch, route, items.TimestampMs, nowMs)) break;
                    batch.Add(route.Handle, items.TimestampMs, items.Value);
                    if (items.StartMs != 0) batch.SetStart(items.StartMs);
                    break;
                case RemoteWriteItem.Histogram: AddHistogram(batch, items.Message, route, nowMs, outcome); break;
                case RemoteWriteItem.Exemplar: AddExemplar(batch, reader.ReadExemplar(items.Message, _labels), route, nowMs, outcome); break;
                case RemoteWriteItem.Metadata: TakeMetadata(ref reader, items.Message, outcome); break;
            }
        }
        if (isEmpty) outcome.Error ??= "a series has neither samples nor histograms";
    }

    private void TakeMetadata(ref RemoteWriteV2Reader reader, ReadOnlySpan<byte> message, Outcome outcome)
    {
        if (!reader.TryMetadata(message, out var type, out var help, out var unit)) outcome.Error ??= "the metadata of a series names symbols that are not in the table";
        else if (type != MetricType.Unknown || !help.IsEmpty || !unit.IsEmpty) _metadata.Take(reader.MetricName, type, help, unit);
    }
}
