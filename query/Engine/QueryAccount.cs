using System.Buffers;
using Streamline.Query.Kernels;
using Streamline.Query.Operators;
using Streamline.Storage;

namespace Streamline.Query.Engine;

/// <summary>
/// What one query holds and has read, in samples and in bytes; every buffer is charged before it is made. Lanes may charge side by side. Disposed at
/// the query's end, whatever way it ended: then nothing is held any more, but for what <see cref="LeaseResult"/> took over.
/// </summary>
internal sealed class QueryAccount(long maxSamples, QueryMemory? all = null) : IDisposable
{
    /// <summary>A time and a value.</summary>
    public const int SampleBytes = 16;

    // Reserved from the memory of all queries at a time: a dashboard's query never comes back for more.
    private const long ReservationBytes = 128 << 10;

    // What a Labels object weighs beside its text, and its place in an array of headers.
    private const int HeaderBytes = 56;

    // A result below this is not worth an object with a finalizer; rules make thousands of them.
    private const long LeastLeaseBytes = 64 << 10;

    private readonly QueryMemory _memory = all ?? new QueryMemory();
    private readonly Lock _reserving = new();
    private readonly HashSet<SeriesHeader[]> _headers = new(ReferenceEqualityComparer.Instance);
    private long _held;
    private long _peak;
    private long _bytes;
    private long _peakBytes;
    private long _reserved;
    private long _resultBytes;

    /// <summary>Most samples held at once.</summary>
    public long PeakSamples => _peak;

    /// <summary>Most bytes held at once.</summary>
    public long PeakBytes => _peakBytes;

    /// <summary>Bytes held.</summary>
    public long HeldBytes => Volatile.Read(ref _bytes);

    /// <summary>Who wants to know what is charged.</summary>
    public PlanTrace? Trace { get; init; }

    /// <summary>Series opened.</summary>
    public long SeriesRead { get; set; }

    /// <summary>Prometheus's error of <c>--query.max-samples</c>.</summary>
    public static QueryException TooManySamples() =>
        new(QueryErrorKind.Execution, "query processing would load too many samples into memory in query execution");

    /// <summary>Takes samples into the books, with a time and a value each; negative gives back.</summary>
    public void Charge(long samples) => Charge(samples, samples * SampleBytes);

    /// <summary>Takes samples and the bytes they need into the books; negative gives back.</summary>
    public void Charge(long samples, long bytes)
    {
        long held = Interlocked.Add(ref _held, samples);
        if (samples > 0 && held > maxSamples)
        {
            Interlocked.Add(ref _held, -samples);
            throw TooManySamples();
        }
        Raise(ref _peak, held);
        ChargeBytes(bytes);
    }

    /// <summary>Takes bytes into the books that hold no samples: labels, masks, indexes. Negative gives back.</summary>
    public void ChargeBytes(long bytes)
    {
        Trace?.Charge(bytes);
        long held = Interlocked.Add(ref _bytes, bytes);
        if (bytes <= 0) return;
        if (held > Volatile.Read(ref _reserved)) Reserve(bytes);
        Raise(ref _peakBytes, held);
    }

    /// <summary>Takes the labels of series into the books, once for an array that operators hand on. They stay until the end of the query.</summary>
    public void ChargeHeaders(SeriesHeader[] headers)
    {
        if (!_headers.Add(headers)) return;
        long bytes = 0;
        foreach (ref readonly SeriesHeader header in headers.AsSpan()) bytes += HeaderBytes + header.Labels.Encoded.Length;
        ChargeBytes(bytes);
    }

    /// <summary>An array for the labels of series; each is charged as it is put in, so that a selector of everything ends in time.</summary>
    public SeriesHeader[] ReadHeaders(SeriesSet series)
    {
        ChargeBytes((long)series.Count * HeaderBytes);
        var headers = new SeriesHeader[series.Count];
        _headers.Add(headers);
        long bytes = 0;
        for (int i = 0; i < headers.Length; i++)
        {
            headers[i] = new SeriesHeader(series.LabelsAt(i));
            bytes += headers[i].Labels.Encoded.Length;
            if (bytes < ReservationBytes && i < headers.Length - 1) continue;
            ChargeBytes(bytes);
            bytes = 0;
        }
        return headers;
    }

    /// <summary>Takes the points of one result series into the books; they may outlive the query.</summary>
    public void ChargeResult(int points, long bytes, Labels labels)
    {
        Charge(points, bytes + HeaderBytes + labels.Encoded.Length);
        _resultBytes += bytes + HeaderBytes + labels.Encoded.Length;
    }

    /// <summary>Moves the result's bytes out of this account into a lease of their own; null when they are few.</summary>
    public IDisposable? LeaseResult()
    {
        lock (_reserving)
        {
            long bytes = Math.Min(_resultBytes, _reserved);
            if (bytes < LeastLeaseBytes) return null;
            _reserved -= bytes;
            _resultBytes = 0;
            return new ResultLease(_memory, bytes);
        }
    }

    /// <summary>A column with garbage values and no step present.</summary>
    public SeriesColumn RentColumn(int steps)
    {
        int words = Presence.Words(steps);
        Charge(steps, (long)(steps + words) * sizeof(double));
        var column = new SeriesColumn(this, ArrayPool<double>.Shared.Rent(steps), ArrayPool<ulong>.Shared.Rent(words), steps);
        column.Clear();
        return column;
    }

    /// <summary>Gives a column back.</summary>
    public void Return(SeriesColumn column)
    {
        column.ForgetHistograms();
        Charge(-column.Steps, -(long)(column.Steps + Presence.Words(column.Steps)) * sizeof(double));
        ArrayPool<double>.Shared.Return(column.ValuesArray);
        ArrayPool<ulong>.Shared.Return(column.PresentArray);
    }

    /// <summary>One bit a step, all 0; charged until the end of the query.</summary>
    public ulong[] MakeMask(int steps, int count = 1)
    {
        long words = (long)Presence.Words(steps) * count;
        ChargeBytes(words * sizeof(ulong));
        return new ulong[words];
    }

    /// <summary>A plain array, charged like samples.</summary>
    public double[] RentDoubles(int count)
    {
        Charge(count, (long)count * sizeof(double));
        return ArrayPool<double>.Shared.Rent(count);
    }

    /// <summary>Gives an array of <see cref="RentDoubles"/> back.</summary>
    public void Return(double[] array, int count)
    {
        Charge(-count, -(long)count * sizeof(double));
        ArrayPool<double>.Shared.Return(array);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_reserving)
        {
            _memory.Release(_reserved);
            _reserved = 0;
        }
    }

    private static void Raise(ref long peak, long held)
    {
        long seen = Volatile.Read(ref peak);
        while (held > seen)
        {
            long found = Interlocked.CompareExchange(ref peak, held, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    // The bytes are in the books of this query already; a refusal takes them out again, as their buffer will not be made.
    private void Reserve(long bytes)
    {
        lock (_reserving)
        {
            try
            {
                long held = Volatile.Read(ref _bytes), missing = held - _reserved;
                if (held > _memory.PerQueryBytes) throw _memory.TooLarge();
                if (missing <= 0) return;
                long step = Math.Max(missing, Math.Min(ReservationBytes, _memory.PerQueryBytes - _reserved));
                _memory.Reserve(step);
                Volatile.Write(ref _reserved, _reserved + step);
            }
            catch (QueryException)
            {
                Interlocked.Add(ref _bytes, -bytes);
                throw;
            }
        }
    }
}
