namespace Streamline.Query.Operators.Aggregations;

/// <summary>The k best of the values offered, the worst on top so that it is the one to go. Bounded by k.</summary>
internal sealed class RankedHeap(int k, bool largestIsBest)
{
    private readonly List<(int Series, double Value)> _items = new(Math.Min(k, 16));

    /// <summary>Offers a value; equal values do not replace earlier ones.</summary>
    public void Offer(int series, double value)
    {
        if (_items.Count < k)
        {
            _items.Add((series, value));
            SiftUp(_items.Count - 1);
            return;
        }
        if (!IsBetter(value, _items[0].Value)) return;
        _items[0] = (series, value);
        SiftDown();
    }

    /// <summary>What is held, best first; of equal values the earlier series first.</summary>
    public List<(int Series, double Value)> BestFirst()
    {
        _items.Sort((a, b) => IsBetter(a.Value, b.Value) ? -1 : IsBetter(b.Value, a.Value) ? 1 : a.Series.CompareTo(b.Series));
        return _items;
    }

    private bool IsBetter(double a, double b) => double.IsNaN(b) ? !double.IsNaN(a) : largestIsBest ? a > b : a < b;

    /// <summary>Worse values, and of equal ones the later series, go first.</summary>
    private bool GoesBefore((int Series, double Value) a, (int Series, double Value) b) =>
        IsBetter(b.Value, a.Value) || (!IsBetter(a.Value, b.Value) && a.Series > b.Series);

    private void SiftUp(int at)
    {
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!GoesBefore(_items[at], _items[parent])) return;
            (_items[at], _items[parent]) = (_items[parent], _items[at]);
            at = parent;
        }
    }

    private void SiftDown()
    {
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _items.Count) return;
            if (child + 1 < _items.Count && GoesBefore(_items[child + 1], _items[child])) child++;
            if (!GoesBefore(_items[child], _items[at])) return;
            (_items[at], _items[child]) = (_items[child], _items[at]);
            at = child;
        }
    }
}
