using System.Runtime.CompilerServices;

namespace Streamline.Web.Api;

/// <summary>
/// The times of a result as text, each with the bracket and quote around it. The series of a result share their steps, so a time is written once for all of
/// them and copied after that: 14 -> 2 ns a point.
/// </summary>
internal sealed class PointTimes
{
    /// <summary>Bytes that <see cref="TryCopy"/> may touch.</summary>
    public const int SlotBytes = 32;

    private readonly long[] _times;
    private readonly byte[] _texts;
    private readonly byte[] _lengths;
    private int _at;

    /// <summary>Writes the times of one series.</summary>
    public PointTimes(ReadOnlySpan<long> timestampsMs)
    {
        _times = timestampsMs.ToArray();
        _texts = new byte[_times.Length * SlotBytes];
        _lengths = new byte[_times.Length];
        for (int i = 0; i < _times.Length; i++) _lengths[i] = (byte)SampleJson.FormatPointStart(_times[i], _texts.AsSpan(i * SlotBytes, SlotBytes));
    }

    /// <summary>Begins a series.</summary>
    public void Rewind() => _at = 0;

    /// <summary>Copies the text of a time, no earlier than the last one asked for; false when it is not among these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCopy(long timestampMs, Span<byte> target, out int written)
    {
        written = 0;
        while (_at < _times.Length && _times[_at] < timestampMs) _at++;
        if (_at == _times.Length || _times[_at] != timestampMs) return false;
        _texts.AsSpan(_at * SlotBytes, SlotBytes).CopyTo(target);
        written = _lengths[_at];
        return true;
    }
}
