using System.Buffers;

namespace Streamline.Storage.Lake;

/// <summary>The footer of a Parquet file (parquet.thrift, FileMetaData): schema, row groups with their column chunks, facts by name.</summary>
internal static class ParquetFooter
{
    private const int FormatVersion = 2, Snappy = 1;
    private const int Required = 0, Optional = 1, Repeated = 2;
    // ConvertedType, for readers older than logical types.
    private const int Utf8 = 0, Map = 1, TimestampMillis = 9, Unsigned64 = 14;
    private const int StringType = 1, MapType = 2, TimestampType = 8, IntegerType = 10;

    public static byte[] Of(IReadOnlyList<ColumnSchema> columns, IReadOnlyList<RowGroupInfo> groups, IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var thrift = new ThriftWriter(bytes);
        thrift.OpenItem();
        thrift.Int(1, FormatVersion);
        PutSchema(thrift, columns);
        thrift.Long(3, groups.Sum(g => g.Rows));
        thrift.OpenList(4, ThriftWriter.Struct, groups.Count);
        foreach (var group in groups) PutGroup(thrift, group);
        thrift.OpenList(5, ThriftWriter.Struct, facts.Count);
        foreach (var (name, value) in facts)
        {
            thrift.OpenItem();
            thrift.Text(1, name);
            thrift.Text(2, value);
            thrift.End();
        }
        thrift.Text(6, "streamline");
        // Without an order of columns readers must not use the bounds.
        thrift.OpenList(7, ThriftWriter.Struct, columns.Count);
        for (int i = 0; i < columns.Count; i++)
        {
            thrift.OpenItem();
            thrift.Empty(1);
            thrift.End();
        }
        thrift.End();
        return bytes.WrittenSpan.ToArray();
    }

    // The tree in depth-first order. The one nested column is the map: a required group, in it a repeated group of key and value.
    private static void PutSchema(ThriftWriter thrift, IReadOnlyList<ColumnSchema> columns)
    {
        int maps = columns.Count(c => c.Path.Length > 1) / 2;
        thrift.OpenList(2, ThriftWriter.Struct, 1 + columns.Count + 2 * maps);
        thrift.OpenItem();
        thrift.Text(4, "samples");
        thrift.Int(5, columns.Count - maps);
        thrift.End();
        string[] last = [];
        foreach (var column in columns)
        {
            if (column.Path.Length > 1 && (last.Length == 0 || last[0] != column.Path[0])) PutMap(thrift, column.Path);
            PutLeaf(thrift, column);
            last = column.Path;
        }
    }

    private static void PutMap(ThriftWriter thrift, string[] path)
    {
        thrift.OpenItem();
        thrift.Int(3, Required);
        thrift.Text(4, path[0]);
        thrift.Int(5, 1);
        thrift.Int(6, Map);
        thrift.Open(10);
        thrift.Empty(MapType);
        thrift.End();
        thrift.End();
        thrift.OpenItem();
        thrift.Int(3, Repeated);
        thrift.Text(4, path[1]);
        thrift.Int(5, 2);
        thrift.End();
    }

    private static void PutLeaf(ThriftWriter thrift, ColumnSchema column)
    {
        thrift.OpenItem();
        thrift.Int(1, (int)column.Type);
        thrift.Int(3, column.IsOptional ? Optional : Required);
        thrift.Text(4, column.Path[^1]);
        switch (column.Meaning)
        {
            case ColumnMeaning.Number:
                break;
            case ColumnMeaning.Text:
                thrift.Int(6, Utf8);
                thrift.Open(10);
                thrift.Empty(StringType);
                thrift.End();
                break;
            case ColumnMeaning.Unsigned64:
                thrift.Int(6, Unsigned64);
                thrift.Open(10);
                thrift.Open(IntegerType);
                thrift.SmallInt(1, 64);
                thrift.Bool(2, false);
                thrift.End();
                thrift.End();
                break;
            case ColumnMeaning.UtcMilliseconds:
                thrift.Int(6, TimestampMillis);
                thrift.Open(10);
                thrift.Open(TimestampType);
                thrift.Bool(1, true);
                thrift.Open(2);
                thrift.Empty(1);
                thrift.End();
                thrift.End();
                thrift.End();
                break;
        }
        thrift.End();
    }

    private static void PutGroup(ThriftWriter thrift, RowGroupInfo group)
    {
        thrift.OpenItem();
        thrift.OpenList(1, ThriftWriter.Struct, group.Columns.Count);
        foreach (var chunk in group.Columns)
        {
            thrift.OpenItem();
            thrift.Long(2, 0);
            thrift.Open(3);
            PutChunk(thrift, chunk);
            thrift.End();
            thrift.End();
        }
        thrift.Long(2, group.Columns.Sum(c => c.RawBytes));
        thrift.Long(3, group.Rows);
        thrift.Long(6, group.Columns.Sum(c => c.Bytes));
        thrift.End();
    }

    private static void PutChunk(ThriftWriter thrift, ColumnChunkInfo chunk)
    {
        var schema = chunk.Schema;
        int[] encodings = schema.Encoding == ParquetEncoding.Dictionary
            ? [(int)ParquetEncoding.Plain, (int)ParquetEncoding.RunLength, (int)ParquetEncoding.Dictionary]
            : [(int)ParquetEncoding.RunLength, (int)schema.Encoding];
        thrift.Int(1, (int)schema.Type);
        thrift.OpenList(2, ThriftWriter.Int32, encodings.Length);
        foreach (int encoding in encodings) thrift.IntItem(encoding);
        thrift.OpenList(3, ThriftWriter.Binary, schema.Path.Length);
        foreach (string part in schema.Path) thrift.BytesItem(System.Text.Encoding.UTF8.GetBytes(part));
        thrift.Int(4, Snappy);
        thrift.Long(5, chunk.Values);
        thrift.Long(6, chunk.RawBytes);
        thrift.Long(7, chunk.Bytes);
        thrift.Long(9, chunk.FirstDataPage);
        if (chunk.DictionaryPage >= 0) thrift.Long(11, chunk.DictionaryPage);
        if (!chunk.Statistics.HasBounds) return;
        thrift.Open(12);
        thrift.Long(3, chunk.Statistics.Nulls);
        thrift.Bytes(5, chunk.Statistics.Max);
        thrift.Bytes(6, chunk.Statistics.Min);
        thrift.End();
    }
}
