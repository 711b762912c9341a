namespace Streamline.Storage.Lake;

/// <summary>Bounds of a column in a row group, PLAIN encoded; null where none can be given.</summary>
internal readonly record struct ColumnStatistics(byte[]? Min, byte[]? Max, long Nulls)
{
    // Bounds are there to skip row groups; one longer than this would cost more in the footer than it saves.
    private const int MaxBytes = 256;

    public static readonly ColumnStatistics None = new(null, null, 0);

    public bool HasBounds => Min is { Length: <= MaxBytes } && Max is { Length: <= MaxBytes };
}

/// <summary>A finished column chunk as the footer tells of it. Offsets count from the file's start, sizes include page headers.</summary>
internal sealed record ColumnChunkInfo(ColumnSchema Schema, long Values, long RawBytes, long Bytes, long FirstDataPage, long DictionaryPage, ColumnStatistics Statistics);

/// <summary>A finished row group.</summary>
internal sealed record RowGroupInfo(IReadOnlyList<ColumnChunkInfo> Columns, long Rows);
