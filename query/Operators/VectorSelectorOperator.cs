using Streamline.Query.Engine;
using Streamline.Query.Plan;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>
/// An instant selector: at each step the newest sample in the left-open lookback window, unless it is a stale marker. Hot path: each series is decoded
/// once, in order, through a small buffer.
/// </summary>
internal sealed class VectorSelectorOperator : Operator
{
    private const int BufferSamples = 512;

    private readonly IReadOnlyList<LabelMatcher> _matchers;
    private readonly TimeShift _shift;
    private readonly SelectHints _hints;
    private readonly bool _timestamps;
    private readonly long[] _times = new long[BufferSamples];
    private readonly double[] _values = new double[BufferSamples];
    private readonly MixedSelection _mixed;
    private readonly bool _statistics;
    private Selection? _selection;
    private int _next;

    // timestamps: deliver the samples' times in seconds instead of their values, for timestamp(selector). statistics: histograms without their buckets.
    public VectorSelectorOperator(
        QueryContext context, StepGrid grid, IReadOnlyList<LabelMatcher> matchers, TimeShift shift, SelectHints hints, bool timestamps,
        bool statistics = false)
        : base(context, grid)
    {
        _mixed = new MixedSelection(context, grid, shift);
        _statistics = statistics;
        _matchers = matchers;
        _shift = shift;
        _hints = hints;
        _timestamps = timestamps;
    }

    /// <summary>What <c>timestamps</c> means for histograms.</summary>
    public SampleReads ReadsOfTimes { get; init; } = SampleReads.Times;

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        for (; filled < columns.Length && _next < total; filled++, _next++)
        {
            columns[filled].Index = _next;
            Fill(_selection!.Open(_next), columns[filled]);
        }
        return filled;
    }

    protected override void Release() => _selection?.Dispose();

    protected override SeriesHeader[] ComputeHeaders()
    {
        if (Grid.Count == 0) return [];
        var range = new TimeRange(_shift.Apply(Grid.StartMs) - Context.LookbackMs + 1, _shift.Apply(Grid.EndMs));
        _selection = new Selection(Context, _matchers, range, _hints, _statistics);
        return _selection.Headers;
    }

    /// <summary>Merges the rising sample times with the rising step times.</summary>
    private void Fill(SampleCursor cursor, SeriesColumn column)
    {
        column.Clear();
        long latestMs = long.MinValue, seen = 0;
        double latest = 0;
        int count = 0, next = 0;
        for (int step = 0; step < Grid.Count; step++)
        {
            long atMs = _shift.Apply(Grid.TimeAt(step));
            while (true)
            {
                if (next == count)
                {
                    if (count >= 0) count = cursor.Next(_times, _values);
                    next = 0;
                    if (count <= 0)
                    {
                        if (count == 0 && cursor.AtHistogram)
                        {
                            // Read again from its beginning, which is mostly here.
                            _mixed.Fill(_selection!.Open(_next), column, _timestamps ? ReadsOfTimes : SampleReads.Values);
                            return;
                        }
                        count = next = -1;
                        break;
                    }
                }
                if (_times[next] > atMs) break;
                latestMs = _times[next];
                latest = _values[next++];
            }
            if (latestMs == long.MinValue || latestMs <= atMs - Context.LookbackMs || StaleMarker.Is(latest)) continue;
            column.Set(step, _timestamps ? latestMs / 1000.0 : latest);
            seen++;
        }
        Selection.Count(Meter, column, seen);
    }
}
