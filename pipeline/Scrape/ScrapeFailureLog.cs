using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Scrape;

/// <summary>
/// The files that <c>scrape_failure_log_file</c> names: a line of JSON for each failed scrape. A file is opened for each line, so that one moved away by a log rotation is
/// simply made anew.
/// </summary>
internal sealed partial class ScrapeFailureLog(TimeProvider time, ILogger logger)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly HashSet<string> _failing = [];

    public void Write(string file, string job, Uri? target, string error)
    {
        byte[] line = Line(job, target, error);
        lock (_lock)
        {
            try
            {
                using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                stream.Write(line);
                _failing.Remove(file);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // Told once, not for each scrape.
                if (_failing.Add(file)) LogNotWritten(logger, file, problem.Message);
            }
        }
    }

    private byte[] Line(string job, Uri? target, string error)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", "ERROR");
            json.WriteString("msg", error);
            json.WriteString("job_name", job);
            json.WriteString("target", target?.AbsoluteUri ?? "");
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "scrape failure log {File} cannot be written: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string file, string reason);
}
