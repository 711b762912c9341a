using Streamline.Storage.Histograms;
using Streamline.Storage.Memory;
using Streamline.Storage.Snapshot;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>What a snapshot holds behind the series: newest histograms, exemplars and metadata, each in the form that the log has for it.</summary>
internal sealed partial class HeadStore
{
    private readonly RecordBuffer _snapshotRecord = new();
    // Of the snapshot being read: open chunks of histograms whose encoder has not been made yet.
    private int _openHistograms;

    private void WriteRest(SnapshotWriter writer, int[] places)
    {
        var histograms = new List<(int Slot, HistogramSeries Series)>();
        var metadata = new List<(ulong Ref, SeriesMetadata Metadata)>();
        for (int slot = 0; slot < places.Length; slot++)
        {
            if (places[slot] < 0) continue;
            ulong reference = Series.Lines.At(slot).Ref;
            if (_histograms.TryGetValue(reference, out var series)) histograms.Add((slot, series));
            if (_metadata.TryGetValue(reference, out var known)) metadata.Add((reference, known));
        }
        var exemplars = Exemplars.All();
        writer.Put(histograms.Count);
        writer.Put(exemplars.Length);
        writer.Put(metadata.Count);
        writer.EndFrame();
        foreach (var (slot, series) in histograms) WriteHistogram(writer, places[slot], slot, series);
        writer.EndLastFrame();
        foreach (var (series, exemplar) in exemplars) WriteExemplar(writer, series, exemplar);
        writer.EndLastFrame();
        foreach (var (reference, known) in metadata) WriteMetadata(writer, reference, known);
        writer.EndLastFrame();
    }

    private void WriteHistogram(SnapshotWriter writer, int place, int slot, HistogramSeries series)
    {
        ref var line = ref Series.Lines.At(slot);
        writer.Put(place);
        writer.Put(series.NextCut);
        writer.Put(series.IsEndPredicted ? 1 : 0);
        _snapshotRecord.BeginHistograms(HistogramRecords.TypeOf(series.Last));
        _snapshotRecord.AddHistogram(line.Ref, line.State.Timestamp, series.Last);
        writer.PutText(_snapshotRecord.Record);
        writer.EndFullFrame();
    }

    private void WriteExemplar(SnapshotWriter writer, Labels series, Exemplar exemplar)
    {
        writer.PutText(series.Encoded);
        _snapshotRecord.BeginExemplars();
        _snapshotRecord.AddExemplar(1, exemplar);
        writer.PutText(_snapshotRecord.Record);
        writer.EndFullFrame();
    }

    private void WriteMetadata(SnapshotWriter writer, ulong reference, SeriesMetadata metadata)
    {
        _snapshotRecord.BeginMetadata();
        _snapshotRecord.AddMetadata(reference, metadata);
        writer.PutText(_snapshotRecord.Record);
        writer.EndFullFrame();
    }

    /// <summary>Takes what lies behind the series.</summary>
    /// <exception cref="FormatException">It does not hold what it says.</exception>
    public void LoadRest(SnapshotReader reader, ref byte[] buffer, int series)
    {
        var first = new FrameReader(reader.Next(ref buffer));
        Tombstones.LoadSnapshot(ref first);
        int histograms = first.Int32(), exemplars = first.Int32(), metadata = first.Int32();
        for (; histograms > 0;)
        {
            for (var frame = new FrameReader(reader.Next(ref buffer)); !frame.AtEnd; histograms--) LoadHistogram(ref frame, series);
        }
        if (_openHistograms != 0) throw new FormatException("an open chunk of histograms has no newest one");
        var builder = new LabelsBuilder();
        for (; exemplars > 0;)
        {
            for (var frame = new FrameReader(reader.Next(ref buffer)); !frame.AtEnd; exemplars--) LoadExemplar(ref frame, builder);
        }
        for (; metadata > 0;)
        {
            for (var frame = new FrameReader(reader.Next(ref buffer)); !frame.AtEnd; metadata--) LoadMetadata(ref frame);
        }
        if ((histograms | exemplars | metadata) != 0) throw new FormatException("more than announced");
    }

    private void LoadHistogram(ref FrameReader frame, int series)
    {
        int slot = frame.Int32();
        long nextCut = frame.Int64();
        bool isPredicted = frame.Int32() != 0;
        var entries = new RecordReader(frame.Record());
        if ((uint)slot >= (uint)series || !entries.NextHistogram(out _, out _, out var last) || last is null) throw new FormatException("no histogram of a series");
        ref var line = ref Series.Lines.At(slot);
        if (_histograms.ContainsKey(line.Ref)) throw new FormatException("two histograms of a series");
        var loaded = SeriesOf(ref line, last);
        (loaded.NextCut, loaded.IsEndPredicted) = (nextCut, isPredicted);
        if (line.Chunk == 0 || ChunkBlock.Header(line.Chunk) is not { IsMapped: false } open || !HistogramChunk.IsEncoding(open.Encoding)) return;
        loaded.Encoder = HistogramEncoder.Resume(ChunkBlock.Data(line.Chunk, line.State.ByteLength), open.Encoding, line.State.Count) ?? throw new FormatException("an open chunk of histograms does not decode");
        if (loaded.Encoder.IsInteger != last.IsInteger) throw new FormatException("a histogram is not of its chunk's kind");
        _openHistograms--;
    }

    private void LoadExemplar(ref FrameReader frame, LabelsBuilder builder)
    {
        byte[] labels = frame.Text().ToArray();
        var entries = new RecordReader(frame.Record());
        if (!entries.NextExemplar(builder, out _, out var exemplar)) throw new FormatException("no exemplar");
        Exemplars.Restore(new Labels(labels), exemplar);
    }

    private void LoadMetadata(ref FrameReader frame)
    {
        var entries = new RecordReader(frame.Record());
        if (!entries.NextMetadata(out ulong reference, out var metadata)) throw new FormatException("no metadata");
        _metadata[reference] = metadata;
    }
}
