using System.Globalization;

namespace Streamline.Query.Engine;

/// <summary>
/// The bytes that all queries of an engine hold together, and the two ceilings. Queries reserve in large steps, so this is touched rarely. Ceilings may
/// change at any time; a query that stands above a lowered one ends at its next reservation.
/// </summary>
internal sealed class QueryMemory
{
    private long _held;
    private long _perQueryBytes = long.MaxValue;
    private long _totalBytes = long.MaxValue;

    /// <summary>Bytes reserved by queries that run and by results that are still being sent.</summary>
    public long HeldBytes => Volatile.Read(ref _held);

    /// <summary>Most bytes of one query.</summary>
    public long PerQueryBytes => Volatile.Read(ref _perQueryBytes);

    /// <summary>Sets the ceilings; 0 is none.</summary>
    public void Limit(long perQueryBytes, long totalBytes)
    {
        Volatile.Write(ref _perQueryBytes, perQueryBytes > 0 ? perQueryBytes : long.MaxValue);
        Volatile.Write(ref _totalBytes, totalBytes > 0 ? totalBytes : long.MaxValue);
    }

    /// <summary>Takes bytes into the books or ends the query.</summary>
    public void Reserve(long bytes)
    {
        long held = Interlocked.Add(ref _held, bytes), most = Volatile.Read(ref _totalBytes);
        if (held <= most) return;
        Interlocked.Add(ref _held, -bytes);
        throw new QueryException(
            QueryErrorKind.Execution,
            $"the queries that run together need more memory than {Size(most)} (limits.memory_for_queries) in query execution");
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _held, -bytes);

    /// <summary>The error of a query above its own ceiling.</summary>
    public QueryException TooLarge() => new(
        QueryErrorKind.Execution, $"the query needs more memory than {Size(PerQueryBytes)} (limits.memory_per_query) in query execution");

    private static string Size(long bytes) => bytes >= 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
}

/// <summary>The memory of a result that outlives its query: given back when the result was sent, at the latest with the garbage.</summary>
internal sealed class ResultLease(QueryMemory memory, long bytes) : IDisposable
{
    private long _bytes = bytes;

    ~ResultLease() => Release();

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        long bytes = Interlocked.Exchange(ref _bytes, 0);
        if (bytes > 0) memory.Release(bytes);
    }
}
