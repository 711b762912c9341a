namespace Streamline.Storage.Memory;

/// <summary>
/// Keeps what readers may still see: each reader registers with the commit in progress, each thing given up waits until no reader is as old as its commit.
/// Giving up and collecting is the committer's; registering is anybody's.
/// </summary>
internal sealed class ReaderEpochs
{
    private readonly Lock _lock = new();
    // Few readers at a time, so a plain list beats anything ordered. Guarded by _lock.
    private readonly List<long> _readers = [];
    private readonly Queue<(long Epoch, nint Block, int Bytes)> _blocks = new();
    private readonly Queue<(long Epoch, int Slot)> _slots = new();
    private readonly Queue<(long Epoch, Action LetGo)> _others = new();
    private long _epoch = 1;

    /// <summary>The commit in progress.</summary>
    public long Current => Volatile.Read(ref _epoch);

    /// <summary>The oldest commit that a reader holds, or the current one.</summary>
    public long Oldest
    {
        get
        {
            lock (_lock)
            {
                long oldest = _epoch;
                foreach (long reader in _readers) oldest = Math.Min(oldest, reader);
                return oldest;
            }
        }
    }

    /// <summary>Readers registered.</summary>
    public int Readers
    {
        get
        {
            lock (_lock) return _readers.Count;
        }
    }

    /// <summary>Registers a reader; give the answer back to <see cref="Leave"/>.</summary>
    public long Enter()
    {
        lock (_lock)
        {
            _readers.Add(_epoch);
            return _epoch;
        }
    }

    public void Leave(long epoch)
    {
        lock (_lock) _readers.Remove(epoch);
    }

    public void Retire(nint block, int bytes) => _blocks.Enqueue((_epoch, block, bytes));

    public void Retire(int slot) => _slots.Enqueue((_epoch, slot));

    /// <summary>Calls back, on the committer, when nobody can use the thing any more.</summary>
    public void Retire(Action letGo) => _others.Enqueue((_epoch, letGo));

    /// <summary>Ends a commit: what no reader can see any more is freed.</summary>
    public void Advance(SlabArena arena, Action<int> freeSlot)
    {
        if (_blocks.Count == 0 && _slots.Count == 0 && _others.Count == 0)
        {
            Volatile.Write(ref _epoch, _epoch + 1);
            return;
        }
        lock (_lock) _epoch++;
        long oldest = Oldest;
        while (_blocks.TryPeek(out var block) && block.Epoch < oldest)
        {
            _blocks.Dequeue();
            arena.Free(block.Block, block.Bytes);
        }
        while (_slots.TryPeek(out var slot) && slot.Epoch < oldest)
        {
            _slots.Dequeue();
            freeSlot(slot.Slot);
        }
        while (_others.TryPeek(out var other) && other.Epoch < oldest)
        {
            _others.Dequeue();
            other.LetGo();
        }
    }
}
