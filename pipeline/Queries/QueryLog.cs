using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streamline.Query;

namespace Streamline.Pipeline.Queries;

/// <summary>
/// The file of <c>query_log_file</c>: a line of JSON per query, with Prometheus's names. Opened anew at every reload, so that a file that was moved away is
/// let go. Lines are written whole, in one write each.
/// </summary>
internal sealed class QueryLog : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it.</exception>
    public QueryLog(string path, TimeProvider time)
    {
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _time = time;
    }

    /// <exception cref="IOException">The line could not be written, or not whole.</exception>
    public void Write(QueryRecord record)
    {
        lock (_lock)
        {
            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line, Options)) Write(json, record);
            _line.Write("\n"u8);
            _file.Write(_line.WrittenSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock) _file.Dispose();
    }

    private void Write(Utf8JsonWriter json, QueryRecord record)
    {
        json.WriteStartObject();
        json.WriteString("time"u8, _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
        json.WriteString("level"u8, "INFO"u8);
        json.WriteString("msg"u8, "promql query logged"u8);
        json.WriteStartObject("params"u8);
        json.WriteString("end"u8, Date(record.EndMs));
        json.WriteString("query"u8, record.Text);
        json.WriteString("start"u8, Date(record.StartMs));
        json.WriteNumber("step"u8, record.StepMs / 1000);
        json.WriteEndObject();
        if (record.Error is not null) json.WriteString("error"u8, record.Error);
        json.WritePropertyName("stats"u8);
        record.Stats.WriteJson(json);
        WriteOrigin(json, record.Origin);
        json.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter json, QueryOrigin? origin)
    {
        switch (origin)
        {
            case HttpQueryOrigin http:
                json.WriteStartObject("httpRequest"u8);
                json.WriteString("clientIP"u8, http.ClientIp);
                json.WriteString("method"u8, http.Method);
                json.WriteString("path"u8, http.Path);
                json.WriteEndObject();
                break;
            case RuleQueryOrigin rule:
                json.WriteStartObject("ruleGroup"u8);
                json.WriteString("file"u8, rule.File);
                json.WriteString("name"u8, rule.Group);
                json.WriteEndObject();
                break;
        }
    }

    // A time that no calendar has is given in milliseconds.
    private static string Date(long timestampMs) => timestampMs is >= -62_135_596_800_000 and <= 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds(timestampMs).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
        : timestampMs.ToString(CultureInfo.InvariantCulture);
}
