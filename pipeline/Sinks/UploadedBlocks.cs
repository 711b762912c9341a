using System.Text.Json;
using Microsoft.Extensions.Logging;
using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>
/// The file in which an uploader, such as Thanos's sidecar, lists the blocks that it has (<c>--storage.tsdb.delay-compact-file.path</c>): blocks of level 1 that are not in
/// it are not compacted yet. A file that cannot be read delays nothing, as in Prometheus. One thread at a time.
/// </summary>
internal sealed partial class UploadedBlocks(string path, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);

    // A list of all the blocks of years is some hundred kilobytes.
    private const long MostBytes = 16 << 20;

    private HashSet<string>? _uploaded;
    private long _readAt;

    public bool IsWaitedFor(BlockInfo block)
    {
        if (block.Level > 1) return false;
        if (_uploaded is null || time.GetElapsedTime(_readAt) >= ReadAgainAfter) Read();
        return _uploaded is { } uploaded && !uploaded.Contains(block.Ulid);
    }

    private void Read()
    {
        _uploaded = null;
        try
        {
            long bytes = new FileInfo(path).Length;
            if (bytes > MostBytes) throw new InvalidDataException($"{bytes} bytes are too many");
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            _uploaded = json.RootElement.TryGetProperty("uploaded", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(e => e.GetString() ?? "")] : [];
            _readAt = time.GetTimestamp();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or InvalidDataException)
        {
            LogUnreadable(path, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "--storage.tsdb.delay-compact-file.path: {Path} cannot be read, so no compaction waits for uploads: {Reason}")]
    private partial void LogUnreadable(string path, string reason);
}
