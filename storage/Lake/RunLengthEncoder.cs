using System.Buffers;
using System.Numerics;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Lake;

/// <summary>
/// Parquet's hybrid of run lengths and bit packing (Encodings.md, RLE = 3), used for levels and dictionary indexes: eight equal values or more become a run,
/// everything between two runs is packed in groups of eight. Hot path: no allocation once its buffer has grown.
/// </summary>
internal sealed class RunLengthEncoder
{
    private const int Group = 8;

    private readonly ArrayBufferWriter<byte> _packed = new();
    private readonly uint[] _pending = new uint[Group];
    private IBufferWriter<byte> _target = null!;
    private int _width, _groups, _pendingCount, _runLength;
    private uint _runValue;

    /// <summary>Bits that hold every index below <paramref name="count"/>; at least one, because not every reader takes none.</summary>
    public static int WidthOf(int count) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, count - 1)));

    /// <summary>Starts over, writing values of so many bits.</summary>
    public void Start(IBufferWriter<byte> target, int width)
    {
        (_target, _width) = (target, width);
        (_groups, _pendingCount, _runLength) = (0, 0, 0);
        _packed.ResetWrittenCount();
    }

    public void Add(uint value, int count)
    {
        if (value == _runValue || _runLength == 0)
        {
            _runValue = value;
            _runLength += count;
            return;
        }
        EndRun();
        (_runValue, _runLength) = (value, count);
    }

    /// <summary>
    /// Adds a sequence of values again and again: the same as <see cref="Add"/> for each. Packed groups repeat too once a whole number of sequences fills a
    /// whole number of groups, so they are copied from there on.
    /// </summary>
    public void AddRepeated(ReadOnlySpan<uint> sequence, int times)
    {
        if (sequence.Length <= 1)
        {
            if (sequence.Length == 1) Add(sequence[0], times);
            return;
        }
        // Group is a power of two: what the two have in common is the lowest bit of the length.
        int period = Group / Math.Min(Group, sequence.Length & -sequence.Length);
        if (times < 3 * period || HasRun(sequence))
        {
            for (; times > 0; times--) AddAll(sequence);
            return;
        }
        // Until the run before is over and a group begins with some value of the sequence.
        int phase = 0;
        AddAll(sequence);
        times--;
        EndRun();
        for (; _pendingCount > 0; phase++) Pend(sequence[phase % sequence.Length]);
        int used = (phase + sequence.Length - 1) / sequence.Length;
        if (_groups == 0 || used + period > times)
        {
            AddRest(sequence, phase, times);
            return;
        }
        int start = _packed.WrittenCount, groups = _groups;
        for (int i = 0; i < period * sequence.Length; i++) Pend(sequence[(phase + i) % sequence.Length]);
        int bytes = _packed.WrittenCount - start, copies = (times - used) / period - 1;
        groups = _groups - groups;
        for (int i = 0; i < copies; i++)
        {
            var target = _packed.GetSpan(bytes);
            _packed.WrittenSpan.Slice(start, bytes).CopyTo(target);
            _packed.Advance(bytes);
        }
        _groups += copies * groups;
        AddRest(sequence, phase, times - period * (copies + 1));
    }

    /// <summary>Writes what is still held; the last group is filled up with zeros, which readers know by the number of values.</summary>
    public void Finish()
    {
        EndRun();
        if (_pendingCount > 0)
        {
            _pending.AsSpan(_pendingCount).Clear();
            PackGroup();
        }
        EndPacked();
    }

    private void AddAll(ReadOnlySpan<uint> sequence)
    {
        foreach (uint value in sequence) Add(value, 1);
    }

    // The sequences left, without the values that were taken of them already.
    private void AddRest(ReadOnlySpan<uint> sequence, int taken, int times)
    {
        for (; taken >= sequence.Length; taken -= sequence.Length) times--;
        if (times <= 0) return;
        AddAll(sequence[taken..]);
        for (; times > 1; times--) AddAll(sequence);
    }

    /// <summary>Whether the sequence, said twice, has a run that would not be packed.</summary>
    private static bool HasRun(ReadOnlySpan<uint> sequence)
    {
        int length = 1;
        for (int i = 1; i < 2 * sequence.Length; i++)
        {
            length = sequence[i % sequence.Length] == sequence[(i - 1) % sequence.Length] ? length + 1 : 1;
            if (length >= Group) return true;
        }
        return false;
    }

    private void EndRun()
    {
        int left = _runLength;
        // A group once begun must be filled before a run may follow.
        while (_pendingCount > 0 && left > 0)
        {
            Pend(_runValue);
            left--;
        }
        if (left >= Group) PutRun(left);
        else for (; left > 0; left--) Pend(_runValue);
        _runLength = 0;
    }

    private void PutRun(int length)
    {
        EndPacked();
        PutVarint((ulong)length << 1);
        int bytes = (_width + 7) / 8;
        var span = _target.GetSpan(bytes);
        for (int i = 0; i < bytes; i++) span[i] = (byte)(_runValue >> 8 * i);
        _target.Advance(bytes);
    }

    private void Pend(uint value)
    {
        _pending[_pendingCount++] = value;
        if (_pendingCount == Group) PackGroup();
    }

    private void PackGroup()
    {
        var bytes = _packed.GetSpan(_width);
        ulong bits = 0;
        int held = 0, at = 0;
        foreach (uint value in _pending)
        {
            bits |= (ulong)value << held;
            for (held += _width; held >= 8; held -= 8, bits >>= 8) bytes[at++] = (byte)bits;
        }
        _packed.Advance(at);
        _groups++;
        _pendingCount = 0;
    }

    private void EndPacked()
    {
        if (_groups == 0) return;
        PutVarint((ulong)_groups << 1 | 1);
        _target.Write(_packed.WrittenSpan);
        _packed.ResetWrittenCount();
        _groups = 0;
    }

    private void PutVarint(ulong value) => _target.Advance(Varint.Write(_target.GetSpan(Varint.MaxBytes), value));
}
