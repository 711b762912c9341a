namespace Streamline.Query;

/// <summary>A query that has ended, for logs. <paramref name="StepMs"/> is 0 for an instant query; <paramref name="Error"/> is null when it has an answer.</summary>
public sealed record QueryRecord(string Text, long StartMs, long EndMs, long StepMs, QueryOrigin? Origin, QueryStats Stats, string? Error);

/// <summary>Watches the queries of an engine. Called on their threads, several at a time; it must be quick and not throw.</summary>
public interface IQueryObserver
{
    /// <summary>Whether <see cref="Ended"/> is wanted for a query that took so long: the engine makes no record in vain.</summary>
    bool WantsRecord(TimeSpan took);

    /// <summary>A query has left the queue and runs; the number comes back with <see cref="Stopped"/>. Rules are not told.</summary>
    int Running(string text);

    /// <summary>It does not run any more.</summary>
    void Stopped(int number);

    /// <summary>A query has ended; those of rules too.</summary>
    void Ended(QueryRecord record);
}
