using System.Buffers;
using Streamline.Query.Kernels;
using Streamline.Query.Operators;

namespace Streamline.Query.Engine;

/// <summary>What one query holds and has read, in samples; every buffer is charged before it is rented. Lanes may charge side by side.</summary>
internal sealed class QueryAccount(long maxSamples)
{
    private long _held;
    private long _peak;
    private long _samplesRead;

    /// <summary>Most samples held at once.</summary>
    public long PeakSamples => _peak;

    /// <summary>Samples that selectors took in (windows count theirs each time, as in Prometheus).</summary>
    public long SamplesRead => _samplesRead;

    /// <summary>Series opened.</summary>
    public long SeriesRead { get; set; }

    /// <summary>Prometheus's error of <c>--query.max-samples</c>.</summary>
    public static QueryException TooManySamples() =>
        new(QueryErrorKind.Execution, "query processing would load too many samples into memory in query execution");

    /// <summary>Takes samples into the books; negative gives back.</summary>
    public void Charge(long samples)
    {
        long held = Interlocked.Add(ref _held, samples);
        if (samples > 0 && held > maxSamples)
        {
            Interlocked.Add(ref _held, -samples);
            throw TooManySamples();
        }
        long peak = Volatile.Read(ref _peak);
        while (held > peak)
        {
            long seen = Interlocked.CompareExchange(ref _peak, held, peak);
            if (seen == peak) return;
            peak = seen;
        }
    }

    /// <summary>Counts samples that a selector took in.</summary>
    public void CountRead(long samples) => Interlocked.Add(ref _samplesRead, samples);

    /// <summary>A column with garbage values and no step present.</summary>
    public SeriesColumn RentColumn(int steps)
    {
        Charge(steps);
        var column = new SeriesColumn(ArrayPool<double>.Shared.Rent(steps), ArrayPool<ulong>.Shared.Rent(Presence.Words(steps)), steps);
        column.Clear();
        return column;
    }

    /// <summary>Gives a column back.</summary>
    public void Return(SeriesColumn column)
    {
        Charge(-column.Steps);
        ArrayPool<double>.Shared.Return(column.ValuesArray);
        ArrayPool<ulong>.Shared.Return(column.PresentArray);
    }

    /// <summary>A plain array, charged like samples.</summary>
    public double[] RentDoubles(int count)
    {
        Charge(count);
        return ArrayPool<double>.Shared.Rent(count);
    }

    /// <summary>Gives an array of <see cref="RentDoubles"/> back.</summary>
    public void Return(double[] array, int count)
    {
        Charge(-count);
        ArrayPool<double>.Shared.Return(array);
    }
}
