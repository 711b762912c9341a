using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>
/// The alert instances on disk, so that a restart (kill -9 too) keeps what fires and since when. A file of records, each the whole state of one instance or its
/// end; rewritten at start and when it has grown. Layout: magic "SLAL", version byte 1, three zero bytes; then per record length (u32), CRC-32C of the
/// payload (u32), payload; all little endian. A torn or damaged tail ends the reading and is cut off. One owner, the rule thread.
/// </summary>
internal sealed class AlertJournal : IDisposable
{
    private const int HeaderBytes = 8;
    private const int RecordHeaderBytes = 8;
    private const int MaxRecordBytes = 4 << 20;       // labels and annotations of one alert: checked before allocation
    private const long RewriteBytes = 16 << 20;       // a journal this large is mostly history
    private static ReadOnlySpan<byte> Header => [(byte)'S', (byte)'L', (byte)'A', (byte)'L', 1, 0, 0, 0];

    private readonly string _path;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private Microsoft.Win32.SafeHandles.SafeFileHandle? _file;
    private long _length;

    public AlertJournal(string folder)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, "state.journal");
    }

    /// <summary>True when enough has been appended that <see cref="Rewrite"/> pays.</summary>
    public bool IsGrown => _length > RewriteBytes;

    /// <summary>Reads all live instances, by rule key; then the journal is ready for <see cref="Rewrite"/>.</summary>
    /// <returns>The instances and, when something was damaged, a line for the log.</returns>
    public (Dictionary<string, List<AlertInstance>> Alerts, string? Damage) Load()
    {
        var alive = new Dictionary<(string Rule, Labels Labels), AlertInstance>();
        string? damage = File.Exists(_path) ? Read(alive) : null;
        return (alive.GroupBy(a => a.Key.Rule).ToDictionary(g => g.Key, g => g.Select(a => a.Value).ToList()), damage);
    }

    /// <summary>Replaces the file by one with these instances only: written beside it, synced, renamed.</summary>
    public void Rewrite(IEnumerable<(string Rule, AlertInstance Alert)> alerts)
    {
        string temporary = _path + ".tmp";
        _buffer.Clear();
        _buffer.Write(Header);
        foreach (var (rule, alert) in alerts) AppendRecord(rule, alert);
        var next = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(next, _buffer.WrittenSpan, 0);
        RandomAccess.FlushToDisk(next);
        File.Move(temporary, _path, overwrite: true);
        _file?.Dispose();
        (_file, _length) = (next, _buffer.WrittenCount);
        _buffer.Clear();
    }

    /// <summary>Adds a transition to the next write.</summary>
    public void Add(string rule, AlertInstance alert) => AppendRecord(rule, alert);

    /// <summary>Writes what was added with one write(2).</summary>
    public void Flush(bool sync)
    {
        if (_buffer.WrittenCount == 0 || _file is null) return;
        RandomAccess.Write(_file, _buffer.WrittenSpan, _length);
        _length += _buffer.WrittenCount;
        _buffer.Clear();
        if (sync) Sync();
    }

    /// <summary>Forces the file to the disk.</summary>
    public void Sync()
    {
        if (_file is not null) RandomAccess.FlushToDisk(_file);
    }

    public void Dispose() => _file?.Dispose();

    private string? Read(Dictionary<(string Rule, Labels Labels), AlertInstance> alive)
    {
        byte[] bytes = File.ReadAllBytes(_path);
        if (!bytes.AsSpan().StartsWith(Header)) return $"{_path}: not an alert journal of version 1; alert state starts anew";
        int at = HeaderBytes;
        while (at + RecordHeaderBytes <= bytes.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
            uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
            if (length > MaxRecordBytes || at + RecordHeaderBytes + length > bytes.Length) break;
            var payload = bytes.AsSpan(at + RecordHeaderBytes, (int)length);
            if (Crc(payload) != crc || !TryReadRecord(payload, alive)) break;
            at += RecordHeaderBytes + (int)length;
        }
        return at == bytes.Length ? null : $"{_path}: damaged at offset {at}; {bytes.Length - at} bytes of alert state after it are lost";
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> payload, Dictionary<(string Rule, Labels Labels), AlertInstance> alive)
    {
        try
        {
            string rule = ReadText(ref payload);
            Labels labels = Labels.FromEncoded(ReadBytes(ref payload));
            var state = (AlertState)payload[0];
            payload = payload[1..];
            var alert = new AlertInstance(labels, ReadLong(ref payload))
            {
                State = state,
                FiredAtMs = ReadLong(ref payload),
                ResolvedAtMs = ReadLong(ref payload),
                KeepFiringSinceMs = ReadLong(ref payload),
                Value = BitConverter.Int64BitsToDouble(ReadLong(ref payload)),
                Annotations = ReadPairs(ref payload),
            };
            if (state is AlertState.Pending or AlertState.Firing) alive[(rule, labels)] = alert;
            else alive.Remove((rule, labels));
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    private void AppendRecord(string rule, AlertInstance alert)
    {
        int start = _buffer.WrittenCount;
        _buffer.Write(stackalloc byte[RecordHeaderBytes]);
        WriteText(rule);
        WriteBytes(alert.Labels.Encoded);
        _buffer.Write([(byte)alert.State]);
        WriteLong(alert.ActiveAtMs);
        WriteLong(alert.FiredAtMs);
        WriteLong(alert.ResolvedAtMs);
        WriteLong(alert.KeepFiringSinceMs);
        WriteLong(BitConverter.DoubleToInt64Bits(alert.Value));
        WriteLong(alert.Annotations.Count);
        foreach (var (name, value) in alert.Annotations)
        {
            WriteText(name);
            WriteText(value);
        }
        var record = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_buffer.WrittenMemory)[start..].Span;
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(record.Length - RecordHeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc(record[RecordHeaderBytes..]));
    }

    private void WriteLong(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    private void WriteText(string text) => WriteBytes(Encoding.UTF8.GetBytes(text));

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(4), bytes.Length);
        _buffer.Advance(4);
        _buffer.Write(bytes);
    }

    private static long ReadLong(ref ReadOnlySpan<byte> rest)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    private static ReadOnlySpan<byte> ReadBytes(ref ReadOnlySpan<byte> rest)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var bytes = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return bytes;
    }

    private static string ReadText(ref ReadOnlySpan<byte> rest) => Encoding.UTF8.GetString(ReadBytes(ref rest));

    private static KeyValuePair<string, string>[] ReadPairs(ref ReadOnlySpan<byte> rest)
    {
        long count = ReadLong(ref rest);
        if (count < 0 || count > rest.Length / 8) throw new FormatException("more annotations than bytes");
        var pairs = new KeyValuePair<string, string>[count];
        for (int i = 0; i < pairs.Length; i++)
        {
            string name = ReadText(ref rest);
            pairs[i] = new(name, ReadText(ref rest));
        }
        return pairs;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
