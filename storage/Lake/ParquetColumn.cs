using System.Buffers;
using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Lake;

/// <summary>
/// One leaf column of the row group being written: its pages are encoded and compressed batch by batch and wait in memory until the row group is full,
/// because a file holds the columns one behind the other. Not thread safe.
/// </summary>
internal abstract class ParquetColumn(ColumnSchema schema)
{
    private const int DataPage = 0, DictionaryPage = 2;

    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly ArrayBufferWriter<byte> _pages = new();
    private readonly ArrayBufferWriter<byte> _header = new();
    private long _values, _rawBytes;

    public ColumnSchema Schema => schema;

    /// <summary>Bytes held for the row group, a dictionary included.</summary>
    public long BufferedBytes => _pages.WrittenCount + Dictionary.Length;

    /// <summary>The dictionary page's values, PLAIN encoded; empty for a column without dictionary.</summary>
    protected virtual ReadOnlySpan<byte> Dictionary => default;

    protected virtual int DictionaryCount => 0;

    protected RunLengthEncoder Runs { get; } = new();

    /// <summary>Adds a page with the batch's rows.</summary>
    public void Add(ColumnBatch batch)
    {
        _body.ResetWrittenCount();
        int values = Encode(batch, _body);
        _values += values;
        PutPage(_pages, DataPage, values, _body.WrittenSpan);
    }

    /// <summary>Writes the column chunk and starts over.</summary>
    public ColumnChunkInfo Write(AppendFile file)
    {
        long start = file.Position, dictionary = -1;
        if (schema.Encoding == ParquetEncoding.Dictionary)
        {
            dictionary = start;
            var page = new ArrayBufferWriter<byte>();
            PutPage(page, DictionaryPage, DictionaryCount, Dictionary);
            file.Write(page.WrittenSpan);
        }
        long data = file.Position;
        file.Write(_pages.WrittenSpan);
        var chunk = new ColumnChunkInfo(schema, _values, _rawBytes, file.Position - start, data, dictionary, TakeStatistics());
        (_values, _rawBytes) = (0, 0);
        _pages.ResetWrittenCount();
        Reset();
        return chunk;
    }

    /// <summary>Encodes levels and values of the rows; returns the number of values, missing ones included.</summary>
    protected abstract int Encode(ColumnBatch batch, ArrayBufferWriter<byte> body);

    protected abstract ColumnStatistics TakeStatistics();

    protected virtual void Reset()
    {
    }

    /// <summary>Writes levels as a data page of version 1 has them: their length, then the runs.</summary>
    protected static void PutLevels(ArrayBufferWriter<byte> body, ArrayBufferWriter<byte> levels)
    {
        BinaryPrimitives.WriteInt32LittleEndian(body.GetSpan(sizeof(int)), levels.WrittenCount);
        body.Advance(sizeof(int));
        body.Write(levels.WrittenSpan);
    }

    /// <summary>Starts the values of a dictionary-encoded page: their width, then the runs, which the caller adds and finishes.</summary>
    protected void StartIndexes(ArrayBufferWriter<byte> body)
    {
        int width = RunLengthEncoder.WidthOf(DictionaryCount);
        body.GetSpan(1)[0] = (byte)width;
        body.Advance(1);
        Runs.Start(body, width);
    }

    // Version 1 pages: version 2 leaves the levels uncompressed, and those of the label map are the larger part of a row.
    private void PutPage(ArrayBufferWriter<byte> target, int type, int values, ReadOnlySpan<byte> body)
    {
        byte[] packed = ArrayPool<byte>.Shared.Rent(Snappy.MaxEncodedBytes(body.Length));
        int packedBytes = Snappy.Encode(body, packed);
        _header.ResetWrittenCount();
        PutHeader(new ThriftWriter(_header), type, values, body.Length, packedBytes);
        target.Write(_header.WrittenSpan);
        target.Write(packed.AsSpan(0, packedBytes));
        _rawBytes += _header.WrittenCount + body.Length;
        ArrayPool<byte>.Shared.Return(packed);
    }

    private void PutHeader(ThriftWriter thrift, int type, int values, int rawBytes, int bytes)
    {
        thrift.OpenItem();
        thrift.Int(1, type);
        thrift.Int(2, rawBytes);
        thrift.Int(3, bytes);
        if (type == DictionaryPage)
        {
            thrift.Open(7);
            thrift.Int(1, values);
            thrift.Int(2, (int)ParquetEncoding.Plain);
        }
        else
        {
            thrift.Open(5);
            thrift.Int(1, values);
            thrift.Int(2, (int)schema.Encoding);
            thrift.Int(3, (int)ParquetEncoding.RunLength);
            thrift.Int(4, (int)ParquetEncoding.RunLength);
        }
        thrift.End();
        thrift.End();
    }
}
