using System.Buffers;
using System.Runtime.InteropServices;

namespace Streamline.Storage.Lake;

/// <summary>A column with the value of one label: the metric's name, which is empty where there is none, or a promoted label, which is null there.</summary>
internal sealed class LabelColumn(string column, string label, bool optional)
    : ParquetColumn(new([column], ParquetType.ByteArray, ColumnMeaning.Text, ParquetEncoding.Dictionary) { IsOptional = optional })
{
    private readonly byte[] _label = System.Text.Encoding.UTF8.GetBytes(label);
    private readonly StringDictionary _values = new();
    private readonly List<(uint Index, bool Present, int Rows)> _stretches = [];
    private readonly ArrayBufferWriter<byte> _levels = new();
    private long _nulls;

    protected override ReadOnlySpan<byte> Dictionary => _values.Plain;

    protected override int DictionaryCount => _values.Count;

    protected override int Encode(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        _stretches.Clear();
        foreach (var (series, rows) in batch.Stretches)
        {
            var value = series.ValueOf(_label);
            bool present = !optional || !value.IsEmpty;
            if (!present) _nulls += rows;
            _stretches.Add((present ? _values.IndexOf(value) : 0, present, rows));
        }
        if (optional) PutPresence(body);
        StartIndexes(body);
        foreach (var (index, present, rows) in _stretches)
        {
            if (present) Runs.Add(index, rows);
        }
        Runs.Finish();
        return batch.Rows;
    }

    protected override ColumnStatistics TakeStatistics() => new(_values.Min, _values.Max, _nulls);

    protected override void Reset()
    {
        _values.Clear();
        _nulls = 0;
    }

    private void PutPresence(ArrayBufferWriter<byte> body)
    {
        _levels.ResetWrittenCount();
        Runs.Start(_levels, 1);
        foreach (var (_, present, rows) in _stretches) Runs.Add(present ? 1u : 0, rows);
        Runs.Finish();
        PutLevels(body, _levels);
    }
}

/// <summary>
/// One leaf of the MAP column <c>labels</c>: the names or the values of all labels of every row. Both leaves have the same levels: repetition 0 starts a row,
/// definition 0 is a row without labels.
/// </summary>
internal sealed class LabelMapColumn(bool names)
    : ParquetColumn(new(["labels", "key_value", names ? "key" : "value"], ParquetType.ByteArray, ColumnMeaning.Text, ParquetEncoding.Dictionary))
{
    // Repetition levels of one row; with more labels the ones are a run of their own.
    private static readonly uint[] RowLevels = [0, 1, 1, 1, 1, 1, 1, 1];

    private readonly StringDictionary _texts = new();
    private readonly List<uint> _indexes = [];
    private readonly List<int> _labelCounts = [];
    private readonly ArrayBufferWriter<byte> _levels = new();

    protected override ReadOnlySpan<byte> Dictionary => _texts.Plain;

    protected override int DictionaryCount => _texts.Count;

    protected override int Encode(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        LookUp(batch);
        PutRepetition(batch, body);
        int values = PutDefinition(batch, body);
        PutIndexes(batch, body);
        return values;
    }

    protected override ColumnStatistics TakeStatistics() => ColumnStatistics.None;

    protected override void Reset() => _texts.Clear();

    // Before anything is written, because the width of the indexes follows from the dictionary.
    private void LookUp(ColumnBatch batch)
    {
        _indexes.Clear();
        _labelCounts.Clear();
        foreach (var (series, _) in batch.Stretches)
        {
            int before = _indexes.Count;
            foreach (var pair in series) _indexes.Add(_texts.IndexOf(names ? pair.Name : pair.Value));
            _labelCounts.Add(_indexes.Count - before);
        }
    }

    private void PutRepetition(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        _levels.ResetWrittenCount();
        Runs.Start(_levels, 1);
        for (int i = 0; i < _labelCounts.Count; i++)
        {
            int labels = _labelCounts[i], rows = batch.Stretches[i].Rows;
            if (labels <= RowLevels.Length)
            {
                Runs.AddRepeated(RowLevels.AsSpan(0, Math.Max(1, labels)), rows);
                continue;
            }
            for (int row = 0; row < rows; row++)
            {
                Runs.Add(0, 1);
                Runs.Add(1, labels - 1);
            }
        }
        Runs.Finish();
        PutLevels(body, _levels);
    }

    private int PutDefinition(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        int values = 0;
        _levels.ResetWrittenCount();
        Runs.Start(_levels, 1);
        for (int i = 0; i < _labelCounts.Count; i++)
        {
            int count = batch.Stretches[i].Rows * Math.Max(1, _labelCounts[i]);
            Runs.Add(_labelCounts[i] > 0 ? 1u : 0, count);
            values += count;
        }
        Runs.Finish();
        PutLevels(body, _levels);
        return values;
    }

    private void PutIndexes(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        StartIndexes(body);
        int first = 0;
        for (int i = 0; i < _labelCounts.Count; first += _labelCounts[i++])
            Runs.AddRepeated(CollectionsMarshal.AsSpan(_indexes).Slice(first, _labelCounts[i]), batch.Stretches[i].Rows);
        Runs.Finish();
    }
}
