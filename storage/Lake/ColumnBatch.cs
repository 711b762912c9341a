namespace Streamline.Storage.Lake;

/// <summary>
/// Rows on their way into a lake format, as columns: times and values row by row, labels once for each stretch of rows of a series. One batch becomes one
/// page of every Parquet column; other formats take the same batch.
/// </summary>
internal sealed class ColumnBatch
{
    /// <summary>Rows of a full batch: small enough that readers skip pages, large enough that a page's header costs nothing.</summary>
    public const int MaxRows = 16_384;

    private readonly long[] _timestamps = new long[MaxRows];
    private readonly double[] _values = new double[MaxRows];
    private readonly List<(Labels Series, int Rows)> _stretches = [];

    public int Rows { get; private set; }

    public bool IsFull => Rows == MaxRows;

    public ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, Rows);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Rows);

    public IReadOnlyList<(Labels Series, int Rows)> Stretches => _stretches;

    /// <summary>Takes rows of a series until it is full; returns how many.</summary>
    public int Add(Labels series, ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
        int count = Math.Min(timestamps.Length, MaxRows - Rows);
        if (count == 0) return 0;
        timestamps[..count].CopyTo(_timestamps.AsSpan(Rows));
        values[..count].CopyTo(_values.AsSpan(Rows));
        Rows += count;
        if (_stretches.Count > 0 && ReferenceEquals(_stretches[^1].Series, series)) _stretches[^1] = (series, _stretches[^1].Rows + count);
        else _stretches.Add((series, count));
        return count;
    }

    public void Clear()
    {
        Rows = 0;
        _stretches.Clear();
    }
}
