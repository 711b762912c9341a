using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;

namespace Streamline.Storage.Blocks;

/// <summary>Encodes the samples of a block's present series anew, floats and histograms as they come, in chunks of 120 (storage/series.go, seriesToChunkEncoder).</summary>
internal sealed class SeriesEncoder(BlockWriter writer)
{
    public const int SamplesPerChunk = 120;

    private readonly byte[] _floats = new byte[XorChunk.HeaderBytes + SamplesPerChunk * XorChunk.MaxSampleBytes];
    private readonly BitWriter _bits = new();
    private readonly FloatChunks _chunks = new(writer);
    private readonly long[] _starts = new long[SamplesPerChunk];
    private bool _hasStarts;
    private XorState _state = XorState.Empty;
    // Of the open chunk of histograms, and between two of them; null at the start of a series and behind floats.
    private HistogramEncoder? _histograms;
    private long _openedAt, _last;
    private bool _isOpen;

    /// <summary>Adds a float, later than all before it; a start time of 0 is not known.</summary>
    public void Add(long timestampMs, double value, long startMs = 0)
    {
        if (_histograms is not null)
        {
            EndChunk();
            _histograms = null;
        }
        if (_state.Count == SamplesPerChunk) EndChunk();
        Open(timestampMs);
        _starts[_state.Count] = startMs;
        _hasStarts |= startMs != 0;
        XorChunk.TryAppend(_floats, ref _state, timestampMs, value);
    }

    /// <summary>Adds a histogram, later than all before it.</summary>
    public void Add(long timestampMs, NativeHistogram histogram)
    {
        if (_histograms is null || _histograms.IsInteger != histogram.IsInteger)
        {
            EndChunk();
            _histograms = new HistogramEncoder(histogram.IsInteger);
            _histograms.Begin(_bits, HistogramEncoder.HeaderOf(histogram));
        }
        else if (!_isOpen || _histograms.Count == SamplesPerChunk)
        {
            var header = _histograms.HeaderBehind(histogram, isCut: true);
            EndChunk();
            _histograms.Begin(_bits, header);
        }
        else
        {
            histogram = Place(_histograms, histogram);
        }
        Open(timestampMs);
        _histograms.Append(_bits, timestampMs, histogram);
    }

    /// <summary>Ends the chunk that is open: a chunk from elsewhere follows.</summary>
    public void EndChunk()
    {
        if (!_isOpen) return;
        _isOpen = false;
        if (_histograms is null)
        {
            _chunks.Add(_openedAt, _last, _floats.AsSpan(0, _state.ByteLength), _hasStarts ? _starts.AsSpan(0, _state.Count) : []);
            _state = XorState.Empty;
            _hasStarts = false;
            return;
        }
        HistogramChunk.SetCount(_bits.Bytes, _histograms.Count);
        writer.AddChunk(_openedAt, _last, _bits.Bytes, _histograms.Encoding);
    }

    /// <summary>Ends the series.</summary>
    public void EndSeries()
    {
        EndChunk();
        _histograms = null;
    }

    private NativeHistogram Place(HistogramEncoder encoder, NativeHistogram histogram)
    {
        var placement = encoder.Place(histogram);
        switch (placement.Fit)
        {
            case HistogramFit.NewChunk:
                EndChunk();
                encoder.Begin(_bits, placement.Header);
                break;
            case HistogramFit.Recode:
                // What was written here a moment ago reads back.
                encoder.TryRecode(_bits, _bits.Bytes.ToArray(), encoder.Count, placement.Histogram);
                break;
            case HistogramFit.Append: break;
        }
        return placement.Histogram;
    }

    private void Open(long timestampMs)
    {
        if (!_isOpen) _openedAt = timestampMs;
        _isOpen = true;
        _last = timestampMs;
    }
}
