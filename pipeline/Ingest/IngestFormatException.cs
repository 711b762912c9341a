namespace Streamline.Pipeline.Ingest;

/// <summary>A pushed body cannot be read at all; the message says where and what. Nothing of it is stored.</summary>
internal sealed class IngestFormatException(string message) : Exception(message);
