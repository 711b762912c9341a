namespace Streamline.Storage.Encoding;

/// <summary>
/// The start times inside a chunk of encodings 4 to 6 (tsdb/chunkenc/st.go): one behind the first sample if it is known, and from the first change on one behind
/// each sample, as the distance to the sample before.
/// </summary>
internal struct StartTimes(byte header)
{
    private readonly bool _isFirstKnown = (header & 0x80) != 0;
    private readonly int _changesFrom = header & 0x7F;
    private long _distance;

    /// <summary>Start of the sample read last, 0 when it is not known.</summary>
    public long Start { get; private set; }

    /// <summary>Whether the chunk has any.</summary>
    public readonly bool Any => _isFirstKnown || _changesFrom > 0;

    /// <summary>Reads what stands behind a sample.</summary>
    public void Read(ref BitReader reader, int sample, long timestampMs, long previousMs)
    {
        if (sample == 0)
        {
            if (_isFirstKnown) Start = timestampMs - Varint.UnZigZag(reader.ReadUvarint());
            return;
        }
        if (_changesFrom == 0 || sample < _changesFrom) return;
        long change = reader.ReadVarbit();
        _distance = sample == _changesFrom ? change : _distance + change;
        Start = previousMs - _distance;
    }
}
