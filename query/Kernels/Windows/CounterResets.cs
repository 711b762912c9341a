using System.Numerics;

namespace Streamline.Query.Kernels.Windows;

/// <summary>Where a counter fell, found once per series. Windows ask with rising edges.</summary>
internal struct CounterResets
{
    private int[] _at;
    private int _count;
    private int _first;

    /// <summary>Whether there is one.</summary>
    public readonly bool Any => _count > 0;

    /// <summary>Finds the samples below their predecessor.</summary>
    public void Find(ReadOnlySpan<double> values)
    {
        _count = _first = 0;
        int i = 1, width = Vector<double>.Count;
        for (; i <= values.Length - width; i += width)
        {
            if (Vector.LessThanAny(new Vector<double>(values[i..]), new Vector<double>(values[(i - 1)..]))) FindIn(values, i, i + width);
        }
        FindIn(values, i, values.Length);
    }

    /// <summary>Adds the values lost inside a window, in order.</summary>
    public double AddTo(double difference, ReadOnlySpan<double> values, int from, int to)
    {
        while (_first < _count && _at[_first] <= from) _first++;
        for (int i = _first; i < _count && _at[i] < to; i++) difference += values[_at[i] - 1];
        return difference;
    }

    private void FindIn(ReadOnlySpan<double> values, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (values[i] < values[i - 1]) Add(i);
        }
    }

    private void Add(int index)
    {
        _at ??= new int[16];
        if (_count == _at.Length) Array.Resize(ref _at, _count * 2);
        _at[_count++] = index;
    }
}
