using System.Buffers;
using System.Numerics;

namespace Streamline.Storage.Index;

/// <summary>
/// A pooled, growing list of series references made of sorted runs; <see cref="MergeRuns"/> turns them into one sorted run without doubles. The memory
/// goes back at <see cref="Dispose"/>; spans handed out live until the next growth. Not thread safe.
/// </summary>
/// <typeparam name="T">The reference: 32 bits in a block, the head's own in the head.</typeparam>
internal sealed class PostingsList<T> : IDisposable where T : unmanaged, IComparisonOperators<T, T, bool>
{
    private const int FirstCapacity = 64;

    private T[] _items = ArrayPool<T>.Shared.Rent(FirstCapacity);
    private readonly List<int> _runEnds = [];

    public int Count { get; private set; }

    /// <summary>All references, run behind run.</summary>
    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        _runEnds.Clear();
    }

    /// <summary>Adds to the open run; references rise within a run.</summary>
    public void Add(T item)
    {
        if (Count == _items.Length) Grow(Count + 1);
        _items[Count++] = item;
    }

    /// <summary>Adds a whole sorted run.</summary>
    public void AddRun(ReadOnlySpan<T> run)
    {
        run.CopyTo(Extend(run.Length));
        EndRun();
    }

    /// <summary>Lengthens the open run; the caller fills the span.</summary>
    public Span<T> Extend(int count)
    {
        if (Count + count > _items.Length) Grow(Count + count);
        Count += count;
        return _items.AsSpan(Count - count, count);
    }

    /// <summary>Closes the open run; an empty one leaves no trace.</summary>
    public void EndRun()
    {
        if (Count > (_runEnds.Count == 0 ? 0 : _runEnds[^1])) _runEnds.Add(Count);
    }

    /// <summary>Merges all runs into one; n references in k runs take n log k steps.</summary>
    public void MergeRuns()
    {
        EndRun();
        if (_runEnds.Count < 2) return;
        T[] other = ArrayPool<T>.Shared.Rent(_items.Length);
        while (_runEnds.Count > 1)
        {
            MergePairs(other);
            (_items, other) = (other, _items);
        }
        ArrayPool<T>.Shared.Return(other);
    }

    /// <summary>Keeps what the other sorted list holds too.</summary>
    public void IntersectWith(ReadOnlySpan<T> other) => Keep(Postings.Intersect(Items, other, _items));

    /// <summary>Keeps what the other sorted list does not hold.</summary>
    public void ExceptWith(ReadOnlySpan<T> other) => Keep(Postings.Except(Items, other, _items));

    public void Dispose()
    {
        if (_items.Length > 0) ArrayPool<T>.Shared.Return(_items);
        _items = [];
        Clear();
    }

    private void Keep(int count)
    {
        Clear();
        Count = count;
        EndRun();
    }

    private void MergePairs(T[] target)
    {
        int written = 0, runs = 0, start = 0;
        for (int i = 0; i < _runEnds.Count; i += 2)
        {
            int middle = _runEnds[i], end = i + 1 < _runEnds.Count ? _runEnds[i + 1] : middle;
            written += Postings.Union<T>(_items.AsSpan(start, middle - start), _items.AsSpan(middle, end - middle), target.AsSpan(written));
            _runEnds[runs++] = written;
            start = end;
        }
        _runEnds.RemoveRange(runs, _runEnds.Count - runs);
        Count = written;
    }

    private void Grow(int needed)
    {
        T[] grown = ArrayPool<T>.Shared.Rent(Math.Max(needed, _items.Length * 2));
        Items.CopyTo(grown);
        if (_items.Length > 0) ArrayPool<T>.Shared.Return(_items);
        _items = grown;
    }
}
