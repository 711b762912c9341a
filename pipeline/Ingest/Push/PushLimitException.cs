namespace Streamline.Pipeline.Ingest;

/// <summary>A push of one group more than may be held.</summary>
internal sealed class PushLimitException(string message) : Exception(message);
