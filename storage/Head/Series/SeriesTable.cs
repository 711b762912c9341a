using System.Collections.Concurrent;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>
/// All series of the head: label set to slot through striped maps, slot to labels and hot line through pages. A slot's tenant changes only after truncation
/// and after every reader that could know the old one has gone.
/// </summary>
internal sealed class SeriesTable
{
    private const int Stripes = 256, PageBits = 12;

    private readonly SeriesStripe[] _stripes = new SeriesStripe[Stripes];
    private readonly ConcurrentStack<int> _freeSlots = new();
    private readonly Lock _growth = new();
    private volatile byte[]?[][] _labels = [];
    private int _slots;
    private long _lastRef;

    public SeriesTable()
    {
        for (int i = 0; i < Stripes; i++) _stripes[i] = new SeriesStripe();
    }

    public LineTable Lines { get; } = new();

    public LabelIndexes Postings { get; } = new();

    public SeriesOrder Order { get; } = new();

    /// <summary>Slots ever used: all are below.</summary>
    public int SlotCount => Volatile.Read(ref _slots);

    /// <summary>The newest reference given out.</summary>
    public ulong LastRef => (ulong)Interlocked.Read(ref _lastRef);

    /// <summary>Live series.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (var stripe in _stripes)
            {
                lock (stripe.Lock) count += stripe.Count;
            }
            return count;
        }
    }

    /// <summary>Encoded labels of a slot, null while it is free.</summary>
    public byte[]? LabelsAt(int slot)
    {
        var pages = _labels;
        int page = slot >> PageBits;
        return (uint)page < (uint)pages.Length ? Volatile.Read(ref pages[page][slot & (1 << PageBits) - 1]) : null;
    }

    public bool TryFind(Labels labels, out SeriesHandle handle)
    {
        var stripe = StripeOf(labels);
        lock (stripe.Lock) return TryFind(stripe, labels, out handle);
    }

    /// <summary>Finds or creates; <paramref name="watchers"/> are those to be told when <paramref name="created"/>, outside all locks.</summary>
    public SeriesHandle GetOrAdd(Labels labels, ulong reference, out bool created, out Action<SeriesHandle, Labels>[] watchers)
    {
        var stripe = StripeOf(labels);
        lock (stripe.Lock)
        {
            watchers = stripe.Watchers;
            created = !TryFind(stripe, labels, out var handle);
            if (!created)
            {
                Lines.At(handle.Slot).Touched = 1;
                return handle;
            }
            return Create(stripe, labels, reference);
        }
    }

    /// <summary>Makes the next reference larger than one that the WAL names.</summary>
    public void SkipRef(ulong reference)
    {
        if (reference > (ulong)_lastRef) _lastRef = (long)reference;
    }

    /// <summary>Adds a watcher stripe by stripe, so that each series is reported once: here when it exists, by its creator afterwards.</summary>
    public void Watch(Action<SeriesHandle, Labels> created)
    {
        var existing = new List<int>();
        foreach (var stripe in _stripes)
        {
            existing.Clear();
            lock (stripe.Lock)
            {
                stripe.Watchers = [.. stripe.Watchers, created];
                stripe.CopyTo(existing);
            }
            foreach (int slot in existing)
            {
                ulong reference = Lines.At(slot).Ref;
                if (reference != 0 && LabelsAt(slot) is { } labels) created(new SeriesHandle(slot, reference), new Labels(labels));
            }
        }
    }

    public void Unwatch(Action<SeriesHandle, Labels> created)
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe.Lock) stripe.Watchers = [.. stripe.Watchers.Where(w => w != created)];
        }
    }

    /// <summary>
    /// Removes every series for which the test, made under its stripe's lock, is true: from the maps, then from the postings. The slots stay taken until
    /// <see cref="Release"/>.
    /// </summary>
    public List<int> RemoveWhere(Predicate<int> dead)
    {
        var removed = new List<int>();
        var bits = new SlotSet(SlotCount);
        foreach (var stripe in _stripes)
        {
            lock (stripe.Lock)
            {
                stripe.RemoveAll(slot =>
                {
                    if (!dead(slot)) return false;
                    Volatile.Write(ref Lines.At(slot).Ref, 0);
                    removed.Add(slot);
                    bits.Add(slot);
                    return true;
                });
            }
        }
        foreach (int slot in removed) SetLabels(slot, null);
        if (removed.Count > 0) Postings.Remove(bits);
        return removed;
    }

    /// <summary>Gives a removed series' slot to the next one.</summary>
    public void Release(int slot) => _freeSlots.Push(slot);

    /// <summary>Makes room for so many series in an empty table.</summary>
    public void Reserve(int series)
    {
        if (series == 0) return;
        Lines.Ensure(series - 1);
        SetLabels(series - 1, null);
        foreach (var stripe in _stripes) stripe.Reserve(series / Stripes + series / Stripes / 8);
        _slots = series;
    }

    /// <summary>Puts a series of a snapshot into a reserved slot. Its postings come from the snapshot too.</summary>
    public void Load(int slot, ulong reference, ulong hash, byte[] labels)
    {
        SetLabels(slot, labels);
        Lines.At(slot) = new SeriesLine { Ref = reference };
        _stripes[hash & Stripes - 1].Add(hash, slot);
    }

    private SeriesStripe StripeOf(Labels labels) => _stripes[labels.Hash & Stripes - 1];

    private bool TryFind(SeriesStripe stripe, Labels labels, out SeriesHandle handle)
    {
        int probe = 0, slot;
        while ((slot = stripe.NextCandidate(labels.Hash, ref probe)) >= 0)
        {
            if (!labels.Encoded.SequenceEqual(LabelsAt(slot))) continue;
            handle = new SeriesHandle(slot, Lines.At(slot).Ref);
            return true;
        }
        handle = SeriesHandle.None;
        return false;
    }

    private SeriesHandle Create(SeriesStripe stripe, Labels labels, ulong reference)
    {
        if (!_freeSlots.TryPop(out int slot)) slot = Interlocked.Increment(ref _slots) - 1;
        Lines.Ensure(slot);
        Order.Forget(slot);
        SetLabels(slot, labels.Encoded.ToArray());
        ref var line = ref Lines.At(slot);
        line = new SeriesLine { Touched = 1, State = Encoding.XorState.Empty };
        line.State.Timestamp = long.MinValue;
        Postings.Add(labels, slot);
        // The reference comes last: a reader that saw LastRef before this point skips the series, whose postings it may have met half made.
        if (reference == 0) reference = (ulong)Interlocked.Increment(ref _lastRef);
        Volatile.Write(ref line.Ref, reference);
        stripe.Add(labels.Hash, slot);
        return new SeriesHandle(slot, reference);
    }

    private void SetLabels(int slot, byte[]? labels)
    {
        int page = slot >> PageBits;
        if (page >= _labels.Length)
        {
            lock (_growth)
            {
                while (page >= _labels.Length) _labels = [.. _labels, new byte[]?[1 << PageBits]];
            }
        }
        Volatile.Write(ref _labels[page][slot & (1 << PageBits) - 1], labels);
    }
}
