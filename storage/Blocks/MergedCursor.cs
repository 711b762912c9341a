using System.Buffers;

namespace Streamline.Storage.Blocks;

/// <summary>
/// Merges the samples of one series from several sources. Sources that follow each other in time are read one after the other; else each fills a small
/// buffer, and runs that no other source interrupts are copied whole. Hot path: no allocation.
/// </summary>
internal sealed class MergedCursor : SampleCursor
{
    private const int BufferSamples = 128, BufferHistograms = 16;

    private readonly MergedSeriesSet _set;
    private readonly Part[] _bySource;
    private readonly Part[] _active;
    private long[] _starts = [];
    private int _parts, _startCount;
    // The cursor that wrote the run given last straight into the caller's columns; null when runs were merged.
    private SampleCursor? _passed;
    // The part that was moved on last. Where another has a sample of the same time, that one is taken (chainSampleIterator in storage/merge.go): so what came
    // out of order takes the place of what it meets in the middle of a series.
    // A histogram from another part than the sample before it knows nothing of a reset between the two.
    private Part? _last;
    private int _current;

    public MergedCursor(MergedSeriesSet set)
    {
        _set = set;
        _bySource = new Part[set.Sources.Count];
        _active = new Part[set.Sources.Count];
    }

    private sealed class Part
    {
        public SampleCursor? Cursor;
        public long[] Timestamps = [];
        public double[] Values = [];
        // Made for the first histograms; the run is of one kind.
        public NativeHistogram[] Histograms = [];
        public bool IsHistogram;
        // Of the run, where the source knows them.
        public long[] Starts = [];
        public bool HasStarts;
        public int At, End;

        public long Head => Timestamps[At];

        public bool Fill()
        {
            if (At < End) return true;
            if (Timestamps.Length == 0)
            {
                Timestamps = ArrayPool<long>.Shared.Rent(BufferSamples);
                Values = ArrayPool<double>.Shared.Rent(BufferSamples);
            }
            At = 0;
            End = Cursor!.Next(Timestamps.AsSpan(0, BufferSamples), Values.AsSpan(0, BufferSamples));
            IsHistogram = End == 0 && Cursor.AtHistogram;
            if (IsHistogram) FillHistograms();
            KeepStarts(Cursor.StartTimestamps);
            return End > 0;
        }

        private void KeepStarts(ReadOnlySpan<long> starts)
        {
            HasStarts = !starts.IsEmpty;
            if (!HasStarts) return;
            if (Starts.Length == 0) Starts = new long[BufferSamples];
            starts.CopyTo(Starts);
        }

        private void FillHistograms()
        {
            if (Histograms.Length == 0) Histograms = new NativeHistogram[BufferHistograms];
            End = Cursor!.NextHistograms(Timestamps.AsSpan(0, BufferHistograms), Histograms);
        }
    }

    public bool IsOf(MergedSeriesSet other) => ReferenceEquals(_set, other);

    /// <summary>Turns to a series; its parts stand in the order of the sources.</summary>
    public void Start(ReadOnlySpan<(int Source, int Index)> parts)
    {
        _parts = parts.Length;
        _current = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            var (source, index) = parts[i];
            var part = _active[i] = _bySource[source] ??= new Part();
            part.Cursor = _set.Sources[source].Open(index, part.Cursor);
            part.At = part.End = 0;
        }
        _last = _active[0];
        (_passed, _startCount) = (null, 0);
    }

    public override int Next(Span<long> timestamps, Span<double> values)
    {
        if (IsPassedThrough) return (_passed = _active[0].Cursor!).Next(timestamps, values);
        if (_set.FollowsInTime) return NextInTime(timestamps, values);
        (_passed, _startCount) = (null, 0);
        int written = 0;
        while (written < timestamps.Length && FindFirst(out var first, out long bound) && !first.IsHistogram)
        {
            int run = RunLength(first, bound, timestamps.Length - written);
            first.Timestamps.AsSpan(first.At, run).CopyTo(timestamps[written..]);
            first.Values.AsSpan(first.At, run).CopyTo(values[written..]);
            CopyStarts(first, run, written, timestamps.Length);
            first.At += run;
            written += run;
            _last = first;
            if (_parts > 1) SkipDoubles(first, timestamps[written - 1]);
        }
        return written;
    }

    public override bool AtHistogram
    {
        get
        {
            if (IsPassedThrough) return _active[0].Cursor!.AtHistogram;
            if (_set.FollowsInTime) return _current < _parts && _active[_current].Cursor!.AtHistogram;
            return FindFirst(out var first, out _) && first.IsHistogram;
        }
    }

    public override int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms)
    {
        if (IsPassedThrough && ReferenceEquals(_last, _active[0])) return (_passed = _active[0].Cursor!).NextHistograms(timestamps, histograms);
        if (_set.FollowsInTime) return NextHistogramsInTime(timestamps, histograms);
        (_passed, _startCount) = (null, 0);
        int written = 0;
        while (written < timestamps.Length && FindFirst(out var first, out long bound) && first.IsHistogram)
        {
            int run = RunLength(first, bound, timestamps.Length - written);
            first.Timestamps.AsSpan(first.At, run).CopyTo(timestamps[written..]);
            first.Histograms.AsSpan(first.At, run).CopyTo(histograms[written..]);
            if (!ReferenceEquals(first, _last)) ForgetHint(ref histograms[written]);
            CopyStarts(first, run, written, timestamps.Length);
            first.At += run;
            written += run;
            _last = first;
            if (_parts > 1) SkipDoubles(first, timestamps[written - 1]);
        }
        return written;
    }

    public override ReadOnlySpan<long> StartTimestamps => _passed is not null ? _passed.StartTimestamps : _starts.AsSpan(0, _startCount);

    // From the first run that has any on; what was written before it has none.
    private void CopyStarts(Part part, int run, int written, int most)
    {
        if (_startCount == 0 && !part.HasStarts) return;
        if (_starts.Length < most) Array.Resize(ref _starts, most);
        if (_startCount == 0) _starts.AsSpan(0, written).Clear();
        if (part.HasStarts) part.Starts.AsSpan(part.At, run).CopyTo(_starts.AsSpan(written));
        else _starts.AsSpan(written, run).Clear();
        _startCount = written + run;
    }

    private bool IsPassedThrough => _parts == 1 && _active[0].At == _active[0].End;

    // As storage/merge.go does: what changes the source is not consecutive. Gauges stay gauges.
    private static void ForgetHint(ref NativeHistogram histogram)
    {
        if (histogram.ResetHint != CounterResetHint.Gauge) histogram = histogram.WithHint(CounterResetHint.Unknown);
    }

    public override void Dispose()
    {
        foreach (var part in _bySource)
        {
            if (part is null) continue;
            part.Cursor?.Dispose();
            if (part.Timestamps.Length == 0) continue;
            ArrayPool<long>.Shared.Return(part.Timestamps);
            ArrayPool<double>.Shared.Return(part.Values);
            part.Timestamps = [];
            part.Values = [];
        }
        _parts = 0;
        base.Dispose();
    }

    // One source after the other, straight into the caller's columns.
    private int NextInTime(Span<long> timestamps, Span<double> values)
    {
        for (; _current < _parts; _current++)
        {
            var cursor = _passed = _active[_current].Cursor!;
            int read = cursor.Next(timestamps, values);
            if (read > 0) _last = _active[_current];
            if (read > 0 || cursor.AtHistogram) return read;
        }
        return 0;
    }

    private int NextHistogramsInTime(Span<long> timestamps, Span<NativeHistogram> histograms)
    {
        if (_current == _parts) return 0;
        var part = _active[_current];
        int read = (_passed = part.Cursor!).NextHistograms(timestamps, histograms);
        if (read > 0 && !ReferenceEquals(part, _last)) ForgetHint(ref histograms[0]);
        if (read > 0) _last = part;
        return read;
    }

    /// <summary>The part with the earliest sample, of equals the first that was not read last, and the earliest sample of the others; parts at their end are dropped.</summary>
    private bool FindFirst(out Part first, out long bound)
    {
        first = null!;
        bound = long.MaxValue;
        for (int i = 0; i < _parts; i++)
        {
            var part = _active[i];
            if (!part.Fill())
            {
                _active.AsSpan(i + 1, _parts - i - 1).CopyTo(_active.AsSpan(i));
                _parts--;
                i--;
                continue;
            }
            if (first is null || part.Head < first.Head || (part.Head == first.Head && ReferenceEquals(first, _last)))
            {
                if (first is not null) bound = first.Head;
                first = part;
            }
            else if (part.Head < bound)
            {
                bound = part.Head;
            }
        }
        return first is not null;
    }

    // At least one sample; the others' earliest one ends the run.
    private static int RunLength(Part part, long bound, int most)
    {
        int available = Math.Min(most, part.End - part.At);
        if (part.Timestamps[part.At + available - 1] < bound) return available;
        int run = 1;
        while (run < available && part.Timestamps[part.At + run] < bound) run++;
        return run;
    }

    // A double can only be at the head of another part: everything before that head has been copied already.
    private void SkipDoubles(Part first, long timestamp)
    {
        for (int i = 0; i < _parts; i++)
        {
            var part = _active[i];
            if (ReferenceEquals(part, first) || part.At == part.End || part.Head != timestamp) continue;
            part.At++;
            _last = part;
        }
    }
}
