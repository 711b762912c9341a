using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// Sum or mean of histograms, for <c>sum</c>, <c>avg</c> and their <c>_over_time</c> twins. Like Prometheus it keeps a compensated sum, and a mean turns to the
/// incremental kind before the sum overflows. Used again for the next sum.
/// </summary>
internal sealed class HistogramSum(bool isMean)
{
    private readonly WorkingHistogram _next = new();
    private WorkingHistogram _state = new();
    private WorkingHistogram _tried = new();
    private bool _isIncremental;
    private bool _resetSeen;
    private bool _notResetSeen;

    /// <summary>Histograms taken in.</summary>
    public double Count { get; private set; }

    /// <summary>What was remarkable so far.</summary>
    public MergeNotes Notes { get; private set; }

    /// <summary>Begins with a first histogram.</summary>
    public void Start(NativeHistogram first)
    {
        _state.Load(first);
        (Count, Notes) = (1, MergeNotes.None);
        _isIncremental = _resetSeen = _notResetSeen = false;
        Track(first);
    }

    /// <summary>Takes another one in; nothing is taken in any more after one that does not fit.</summary>
    public void Add(NativeHistogram histogram)
    {
        if ((Notes & MergeNotes.Incompatible) != 0) return;
        Track(histogram);
        Count++;
        if (isMean) AddToMean(histogram);
        else Notes |= _state.AddCompensated(_next.Load(histogram)) & ~MergeNotes.ResetCollision;
    }

    /// <summary>The result; the sum is over.</summary>
    public NativeHistogram Result()
    {
        if (isMean && !_isIncremental) _state.Divide(Count);
        return _state.Settle().ToHistogram();
    }

    /// <summary>A collision is one between any two of all histograms, not only between neighbours.</summary>
    private void Track(NativeHistogram histogram)
    {
        _resetSeen |= histogram.ResetHint == CounterResetHint.Reset;
        _notResetSeen |= histogram.ResetHint == CounterResetHint.NotReset;
        if (_resetSeen && _notResetSeen) Notes |= MergeNotes.ResetCollision;
    }

    private void AddToMean(NativeHistogram histogram)
    {
        if (!_isIncremental)
        {
            _tried.CopyFrom(_state);
            Notes |= _tried.AddCompensated(_next.Load(histogram)) & ~MergeNotes.ResetCollision;
            if ((Notes & MergeNotes.Incompatible) != 0) return;
            if (!_tried.HasOverflow())
            {
                (_state, _tried) = (_tried, _state);
                return;
            }
            _isIncremental = true;
            _state.Divide(Count - 1);
        }
        _state.Multiply((Count - 1) / Count);
        Notes |= _state.AddCompensated(_next.Load(histogram).Divide(Count)) & ~MergeNotes.ResetCollision;
    }
}
