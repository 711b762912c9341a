namespace Streamline.Storage;

/// <summary>How chunks of floats are written into blocks (<c>storage.tsdb.chunk_encoding.floats</c>); all kinds are read, whatever is written.</summary>
public enum FloatChunkEncoding
{
    /// <summary>Encoding 1, which every Prometheus reads.</summary>
    Xor,

    /// <summary>Encoding 4, which is smaller and which Prometheus reads from 3.11 on.</summary>
    Xor2,
}
