using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Streamline.Pipeline.Queries;

/// <summary>
/// The queries that run, in <c>&lt;data&gt;/queries.active</c>: after a crash the next start names those that may have caused it. The layout is Prometheus's
/// (promql/query_logger.go): a bracket, then slots of 1,000 bytes, each an object padded with zeros and closed by a comma, or all zeros. A slot is written when
/// its query starts and wiped when it ends, without a sync: the page cache outlives the process.
/// </summary>
internal sealed class ActiveQueries : IDisposable
{
    public const string FileName = "queries.active";

    private const int SlotBytes = 1000;

    // More slots than any flag asks for would be a damaged file.
    private const int MostSlots = 10_000;

    // The comma and what stands around the text of a query.
    private const int FrameBytes = 64;

    private static readonly byte[] Wiped = new byte[SlotBytes];

    private readonly SafeFileHandle _file;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();

    private ActiveQueries(SafeFileHandle file, int slots, TimeProvider time)
    {
        _file = file;
        _time = time;
        for (int slot = slots - 1; slot >= 0; slot--) _free.Push(slot);
    }

    /// <summary>Reads what an earlier run left and starts the file anew.</summary>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static ActiveQueries Open(string dataPath, int slots, TimeProvider time, out IReadOnlyList<string> unfinished)
    {
        string path = Path.Combine(dataPath, FileName);
        unfinished = File.Exists(path) ? Unfinished(path) : [];
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            byte[] all = new byte[1 + (slots * SlotBytes)];
            all[0] = (byte)'[';
            RandomAccess.Write(file, all, 0);
            return new ActiveQueries(file, slots, time);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Notes a query; -1 when all slots are taken.</summary>
    public int Add(string text)
    {
        int slot;
        lock (_lock)
        {
            if (!_free.TryPop(out slot)) return -1;
        }
        Span<byte> bytes = stackalloc byte[SlotBytes];
        bytes.Clear();
        Entry(text, _time.GetUtcNow().ToUnixTimeSeconds()).CopyTo(bytes);
        bytes[^1] = (byte)',';
        RandomAccess.Write(_file, bytes, Place(slot));
        return slot;
    }

    /// <summary>Takes a query out.</summary>
    public void Remove(int slot)
    {
        if (slot < 0) return;
        RandomAccess.Write(_file, Wiped, Place(slot));
        lock (_lock) _free.Push(slot);
    }

    public void Dispose() => _file.Dispose();

    private static long Place(int slot) => 1 + ((long)slot * SlotBytes);

    /// <summary>The object of a query, its text cut so that a slot holds it.</summary>
    private static byte[] Entry(string text, long seconds)
    {
        while (true)
        {
            using var buffer = new MemoryStream(SlotBytes);
            using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                json.WriteString("query"u8, text);
                json.WriteNumber("timestamp_sec"u8, seconds);
                json.WriteEndObject();
            }
            if (buffer.Length < SlotBytes) return buffer.ToArray();
            // Escapes make a text longer than it looks: cut by what is too much, at least by something.
            int keep = Math.Min(text.Length - 1, Math.Max(0, text.Length * (SlotBytes - FrameBytes) / (int)buffer.Length));
            if (keep > 0 && char.IsHighSurrogate(text[keep - 1])) keep--;
            text = text[..keep];
        }
    }

    private static List<string> Unfinished(string path)
    {
        var found = new List<string>();
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] slot = new byte[SlotBytes];
        for (int i = 0; i < MostSlots && RandomAccess.Read(file, slot, Place(i)) == SlotBytes; i++)
        {
            ReadOnlySpan<byte> text = slot.AsSpan(0, SlotBytes - 1).TrimEnd((byte)0);
            if (!text.IsEmpty) found.Add(Encoding.UTF8.GetString(text));
        }
        return found;
    }
}
