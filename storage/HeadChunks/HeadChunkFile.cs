using Streamline.Storage.Files;

namespace Streamline.Storage.HeadChunks;

/// <summary>One file of <see cref="HeadChunkFiles"/>, open for reading (and writing, when it is the newest).</summary>
internal sealed class HeadChunkFile(int number, DataFile file, long bytes, long maxTime = long.MinValue)
{
    private int _outOfOrder;

    public int Number => number;

    public DataFile File => file;

    /// <summary>Bytes of whole chunks, header included.</summary>
    public long Bytes { get; set; } = bytes;

    /// <summary>The newest sample of its chunks.</summary>
    public long MaxTime { get; private set; } = maxTime;

    /// <summary>It holds out-of-order chunks that are still needed, so it stays whatever its times.</summary>
    public bool IsPinned => _outOfOrder > 0;

    public void Note(in HeadChunkInfo info) => MaxTime = Math.Max(MaxTime, info.MaxTime);

    /// <summary>An out-of-order chunk of it is in use.</summary>
    public void Pin() => _outOfOrder++;

    /// <summary>An out-of-order chunk of it is needed no more.</summary>
    public void Unpin() => _outOfOrder--;
}
