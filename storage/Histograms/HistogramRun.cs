namespace Streamline.Storage.Histograms;

/// <summary>
/// The histograms of one chunk for a cursor: decoded a few ahead, so that it is known whether one comes; cut to a range, deleted ones left out. One object a
/// cursor, made for the first chunk of histograms that it meets.
/// </summary>
internal sealed class HistogramRun
{
    private const int Ahead = 16;

    private readonly HistogramReader _reader = new();
    private readonly long[] _times = new long[Ahead];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[Ahead];
    private readonly long[] _starts = new long[Ahead];
    private int _at, _end;
    private bool _lostFirst;

    /// <summary>Histograms of the open chunk that can be taken.</summary>
    public int Ready => _end - _at;

    /// <summary>A sample behind the range was met: nothing that follows is wanted.</summary>
    public bool IsPastRange { get; private set; }

    /// <summary>Turns to a chunk.</summary>
    public void Open(ReadOnlySpan<byte> chunk, byte encoding, int samples)
    {
        _reader.Open(chunk, encoding, samples);
        (_at, _end, _lostFirst, IsPastRange) = (0, 0, false, false);
    }

    /// <summary>Makes histograms ready if there are more; false at the end of the chunk or the range, -1 as <paramref name="read"/> says damage.</summary>
    public bool Fill(ReadOnlySpan<byte> chunk, TimeRange range, IReadOnlyList<TimeRange>? deleted, out int read)
    {
        read = 0;
        while (Ready == 0 && !IsPastRange)
        {
            read = _reader.Next(chunk, _times, _histograms, _starts);
            if (read <= 0) return false;
            (_at, _end) = (0, Trim(read, range, deleted));
        }
        return Ready > 0;
    }

    /// <summary>Whether the open chunk knows start times.</summary>
    public bool HasStarts => _reader.HasStarts;

    /// <summary>Takes what is ready; start times only where their column is not empty.</summary>
    public int Take(Span<long> timestamps, Span<NativeHistogram> histograms, Span<long> starts = default)
    {
        int taken = Math.Min(Ready, timestamps.Length);
        if (!starts.IsEmpty) _starts.AsSpan(_at, taken).CopyTo(starts);
        _times.AsSpan(_at, taken).CopyTo(timestamps);
        _histograms.AsSpan(_at, taken).CopyTo(histograms);
        _at += taken;
        return taken;
    }

    private int Trim(int read, TimeRange range, IReadOnlyList<TimeRange>? deleted)
    {
        int kept = 0;
        for (int i = 0; i < read; i++)
        {
            if (_times[i] > range.MaxMs)
            {
                IsPastRange = true;
                break;
            }
            if (_times[i] < range.MinMs) continue;
            if (IsDeleted(deleted, _times[i]))
            {
                _lostFirst |= _histograms[i].ResetHint == CounterResetHint.Unknown;
                continue;
            }
            // With the first of the chunk gone, what is now the first follows one of which it knows nothing.
            if (_lostFirst && _histograms[i].ResetHint == CounterResetHint.NotReset) _histograms[i] = _histograms[i].WithHint(CounterResetHint.Unknown);
            _lostFirst = false;
            _starts[kept] = _starts[i];
            _times[kept] = _times[i];
            _histograms[kept++] = _histograms[i];
        }
        return kept;
    }

    private static bool IsDeleted(IReadOnlyList<TimeRange>? deleted, long timestamp)
    {
        if (deleted is null) return false;
        foreach (var range in deleted)
        {
            if (timestamp >= range.MinMs && timestamp <= range.MaxMs) return true;
        }
        return false;
    }
}
