using System.Buffers;
using System.Buffers.Binary;
using Streamline.Pipeline.Alerting;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// The totals of delta series on disk: each record is the whole state of one series under 16 bytes that stand for its labels, or its end. A <see cref="JournalFile"/>
/// with the letters SLDS.
/// </summary>
internal sealed class DeltaJournal(string folder) : IDisposable
{
    // A histogram is as large as a request allows.
    private const int MaxRecordBytes = 256 << 20;

    private const byte State = (byte)'S', End = (byte)'E';

    private readonly JournalFile _file = new(Path.Combine(folder, "deltas.journal"), "SLDS", MaxRecordBytes);

    /// <summary>True when enough has been appended that <see cref="Rewrite"/> pays.</summary>
    public bool IsGrown => _file.IsGrown;

    /// <summary>Reads the streams; gives a line for the log when something was damaged. A rewrite comes next.</summary>
    public string? Load(Dictionary<UInt128, DeltaStream> streams, int maxStreams) => _file.Load(payload => TryRead(payload, streams, maxStreams));

    /// <summary>Replaces the content.</summary>
    public void Rewrite(IReadOnlyDictionary<UInt128, DeltaStream> streams)
    {
        Directory.CreateDirectory(folder);
        _file.BeginRewrite();
        foreach (var (key, stream) in streams) Add(key, stream);
        _file.EndRewrite();
    }

    /// <summary>Adds a stream's state to the next write.</summary>
    public void Add(UInt128 key, DeltaStream stream)
    {
        stream.Save(Begin(State, key));
        _file.EndRecord();
    }

    /// <summary>Adds the end of a stream to the next write.</summary>
    public void AddEnd(UInt128 key)
    {
        Begin(End, key);
        _file.EndRecord();
    }

    /// <summary>Writes what was added with one write(2).</summary>
    public void Flush(bool sync) => _file.Flush(sync);

    /// <summary>Forgets what was added.</summary>
    public void Discard() => _file.Discard();

    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    private IBufferWriter<byte> Begin(byte kind, UInt128 key)
    {
        var record = _file.BeginRecord();
        var head = record.GetSpan(17);
        head[0] = kind;
        BinaryPrimitives.WriteUInt128LittleEndian(head[1..], key);
        record.Advance(17);
        return record;
    }

    private static bool TryRead(ReadOnlySpan<byte> payload, Dictionary<UInt128, DeltaStream> streams, int maxStreams)
    {
        try
        {
            byte kind = payload[0];
            var key = BinaryPrimitives.ReadUInt128LittleEndian(payload[1..]);
            payload = payload[17..];
            if (kind == End) streams.Remove(key);
            else if (kind == State && (streams.Count < maxStreams || streams.ContainsKey(key))) streams[key] = DeltaStream.Restore(ref payload);
            else return false;
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return false;
        }
    }
}
