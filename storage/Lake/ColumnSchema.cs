namespace Streamline.Storage.Lake;

/// <summary>Parquet's physical types that we write (parquet.thrift, Type).</summary>
internal enum ParquetType
{
    Int64 = 2,
    Double = 5,
    ByteArray = 6,
}

/// <summary>Encodings (parquet.thrift, Encoding).</summary>
internal enum ParquetEncoding
{
    Plain = 0,
    RunLength = 3,
    DeltaBinaryPacked = 5,
    Dictionary = 8,
}

/// <summary>What a leaf column means beyond its physical type.</summary>
internal enum ColumnMeaning
{
    Number,
    Text,
    Unsigned64,
    UtcMilliseconds,
}

/// <summary>A leaf column: its path from the root, how its values are written, and whether a row may be without one.</summary>
internal sealed record ColumnSchema(string[] Path, ParquetType Type, ColumnMeaning Meaning, ParquetEncoding Encoding)
{
    public bool IsOptional { get; init; }
}
