using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Plan;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>
/// An instant selector: at each step the newest sample in the left-open lookback window, unless it is a stale marker. Hot path: each series is decoded
/// once; where the steps lie in it is found once for all series with the same times. Large batches are shared between two cores.
/// </summary>
internal sealed class VectorSelectorOperator : Operator, ISeriesWork
{
    private readonly IReadOnlyList<LabelMatcher> _matchers;
    private readonly WindowGrid _windows;
    private readonly SelectHints _hints;
    private readonly bool _timestamps;
    private readonly bool _statistics;
    private readonly Lane[] _lanes = new Lane[SeriesLanes.Count];
    private Selection? _selection;
    private SeriesColumn[] _batch = [];
    private int _next;

    // timestamps: deliver the samples' times in seconds instead of their values, for timestamp(selector). statistics: histograms without their buckets.
    public VectorSelectorOperator(
        QueryContext context, StepGrid grid, IReadOnlyList<LabelMatcher> matchers, TimeShift shift, SelectHints hints, bool timestamps,
        bool statistics = false)
        : base(context, grid)
    {
        _matchers = matchers;
        _windows = new WindowGrid(grid, shift, context.LookbackMs);
        _hints = hints;
        _timestamps = timestamps;
        _statistics = statistics;
        for (int i = 0; i < _lanes.Length; i++)
            _lanes[i] = new Lane(new SampleBuffer(context.Account), new WindowPlaces(_windows, context.Account), new MixedSelection(context, grid, shift));
    }

    /// <summary>What <c>timestamps</c> means for histograms.</summary>
    public SampleReads ReadsOfTimes { get; init; } = SampleReads.Times;

    public override int Next(Span<SeriesColumn> columns)
    {
        int filled = Math.Min(columns.Length, Headers().Length - _next);
        if (filled == 0) return 0;
        if (_batch.Length < filled) _batch = new SeriesColumn[filled];
        columns[..filled].CopyTo(_batch);
        if (Context.UsesLanes && SeriesLanes.AreWorth(filled, _windows.LikelySamples))
        {
            SeriesLanes.Run(this, filled, Context.Threads!);
        }
        else
        {
            for (int i = 0; i < filled; i++) Work(i, 0);
        }
        for (int i = 0; i < filled; i++) columns[i].Index = _next++;
        return filled;
    }

    /// <summary>One series of the batch.</summary>
    public void Work(int item, int lane)
    {
        Lane own = _lanes[lane];
        SeriesColumn column = _batch[item];
        column.Clear();
        SampleCursor cursor = _selection!.Open(_next + item, lane);
        bool hasStale = own.Samples.ReadAll(cursor);
        // A series with histograms is read again from its beginning, which is mostly where it stands.
        if (cursor.AtHistogram) own.Mixed.Fill(_selection.Open(_next + item, lane), column, _timestamps ? ReadsOfTimes : SampleReads.Values);
        else if (own.Samples.Count > 0) Fill(own, hasStale, column);
    }

    protected override void Release()
    {
        _selection?.Dispose();
        foreach (Lane lane in _lanes)
        {
            lane.Samples.Dispose();
            lane.Places.Dispose();
        }
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        if (Grid.Count == 0) return [];
        var range = new TimeRange(_windows.FirstEndMs - Context.LookbackMs + 1, _windows.LastEndMs);
        _selection = new Selection(Context, _matchers, range, _hints, _statistics);
        return _selection.Headers;
    }

    private void Fill(Lane lane, bool hasStale, SeriesColumn column)
    {
        ReadOnlySpan<long> times = lane.Samples.Times;
        ReadOnlySpan<double> values = lane.Samples.Values;
        lane.Places.Find(times);
        ReadOnlySpan<int> from = lane.Places.From, to = lane.Places.To;
        Span<double> results = column.Values;
        long seen = 0;
        for (int step = 0; step < results.Length; step++)
        {
            int last = to[step] - 1;
            if (last < from[step] || (hasStale && StaleMarker.Is(values[last]))) continue;
            column.Set(step, _timestamps ? times[last] / 1000.0 : values[last]);
            seen++;
        }
        Selection.Count(Meter, column, seen);
    }

    private readonly record struct Lane(SampleBuffer Samples, WindowPlaces Places, MixedSelection Mixed);
}
