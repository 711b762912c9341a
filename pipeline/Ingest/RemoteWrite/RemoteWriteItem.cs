namespace Streamline.Pipeline.Ingest;

/// <summary>What a series of a remote write request brings.</summary>
internal enum RemoteWriteItem
{
    Sample,
    Histogram,
    Exemplar,
    Metadata,
}
