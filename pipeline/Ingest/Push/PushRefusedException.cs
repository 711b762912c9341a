namespace Streamline.Pipeline.Ingest;

/// <summary>A push that could be read but not be taken: timestamps, a series twice, a clash with other groups. It shows in the group's failure time; a body that cannot be read does not.</summary>
internal sealed class PushRefusedException(string message) : Exception("pushed metrics are invalid or inconsistent with existing metrics: " + message);
