using Streamline.Query.Kernels.Windows;
using Streamline.Query.Plan;

namespace Streamline.Query.Engine;

/// <summary>
/// Counts samples as Prometheus does (util/stats/query_stats.go): <c>totalQueryableSamples</c> counts the whole window of each step, <c>samplesRead</c> only
/// what a step has and the step before had not. A part that runs on a grid of its own has a meter of its own, and its parent takes it in at the end. Lanes
/// may count side by side.
/// </summary>
internal sealed class SampleMeter
{
    private readonly StepGrid _grid;
    private readonly bool _stepsWanted;
    private readonly WindowGrid? _outer;
    private readonly PlanTrace? _trace;
    private readonly List<SampleMeter> _parts = [];
    private readonly long[]? _totals;
    private readonly long[]? _reads;
    private long _total;
    private long _read;

    public SampleMeter(StepGrid grid, bool perStep, WindowGrid? outer = null, PlanTrace? trace = null)
    {
        _trace = trace;
        _grid = grid;
        _stepsWanted = perStep;
        _outer = outer;
        // Steps of a subquery that lie between the windows of its outer steps do not count: to know them, its steps are told apart.
        bool hasGaps = outer is { Steps.Count: > 1 } windows && windows.Steps.StepMs > windows.RangeMs;
        if (!perStep && !hasGaps) return;
        _totals = new long[grid.Count];
        _reads = new long[grid.Count];
    }

    /// <summary>Whether steps are told apart; then <see cref="CountAt"/> is to be called, else <see cref="Count"/>.</summary>
    public bool IsPerStep => _totals is not null;

    /// <summary>Samples of whole windows.</summary>
    public long Total => _total;

    /// <summary>Samples read.</summary>
    public long Read => _read;

    /// <summary>Samples of whole windows by step; null when not wanted.</summary>
    public long[]? TotalsByStep => _stepsWanted ? _totals : null;

    /// <summary>Samples read by step; null when not wanted.</summary>
    public long[]? ReadsByStep => _stepsWanted ? _reads : null;

    /// <summary>Counts samples of a series over all steps.</summary>
    public void Count(long total, long read)
    {
        Interlocked.Add(ref _total, total);
        Interlocked.Add(ref _read, read);
        _trace?.CountRead(read);
    }

    /// <summary>Counts samples of one step.</summary>
    public void CountAt(int step, long total, long read)
    {
        Count(total, read);
        Interlocked.Add(ref _totals![step], total);
        Interlocked.Add(ref _reads![step], read);
    }

    /// <summary>What was counted here so far, without the parts.</summary>
    public SampleCounts Counts() => new(_total, _read, (long[]?)_totals?.Clone(), (long[]?)_reads?.Clone());

    /// <summary>Counts again what was counted for the same part at another place.</summary>
    public void Add(in SampleCounts counts)
    {
        _total += counts.Total;
        _read += counts.Read;
        for (int step = 0; step < _totals?.Length; step++)
        {
            _totals[step] += counts.Totals![step];
            _reads![step] += counts.Reads![step];
        }
    }

    /// <summary>The meter of a part that is evaluated once for all steps, at a time.</summary>
    public SampleMeter Once(long timeMs) => Part(new SampleMeter(StepGrid.At(timeMs), false, null, _trace));

    /// <summary>The meter of a subquery's inner part, cut by windows.</summary>
    public SampleMeter Inner(StepGrid grid, in WindowGrid windows) => Part(new SampleMeter(grid, _stepsWanted, windows, _trace));

    /// <summary>Takes in the parts. Once, at the end.</summary>
    public void Close()
    {
        foreach (SampleMeter part in _parts)
        {
            part.Close();
            if (part._outer is { } windows) TakeSubquery(part, windows);
            else TakeOnce(part);
        }
    }

    private SampleMeter Part(SampleMeter part)
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>The value stands at every step, so its windows count at every step; it was read once.</summary>
    private void TakeOnce(SampleMeter part)
    {
        _total += part._total * _grid.Count;
        _read += part._read;
        if (_totals is null || _grid.Count == 0) return;
        for (int step = 0; step < _totals.Length; step++) _totals[step] += part._total;
        _reads![0] += part._read;
    }

    /// <summary>The outer windows have counted the points already; what was read for them goes to the first outer step that sees it.</summary>
    private void TakeSubquery(SampleMeter part, WindowGrid windows)
    {
        if (part._reads is null || _grid.Count <= 1)
        {
            _read += part._read;
            if (_reads is { Length: > 0 }) _reads[0] += part._read;
            return;
        }
        for (int inner = 0; inner < part._reads.Length; inner++)
        {
            long read = part._reads[inner], time = part._grid.TimeAt(inner);
            if (read == 0) continue;
            int step = 0;
            while (step < _grid.Count - 1 && windows.Shift.Apply(_grid.TimeAt(step)) < time) step++;
            if (time <= windows.Shift.Apply(_grid.TimeAt(step)) - windows.RangeMs) continue;
            _read += read;
            if (_reads is not null) _reads[step] += read;
        }
    }
}
