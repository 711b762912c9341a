using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>A line of the manifest: the files of one block, or why it has none.</summary>
internal sealed record LakeEntry
{
    public required string Block { get; init; }

    public long MinTimeMs { get; init; }

    /// <summary>First millisecond behind the block.</summary>
    public long MaxTimeMs { get; init; }

    public long Rows { get; init; }

    public long StaleMarkers { get; init; }

    /// <summary>Native histograms, which are in no table.</summary>
    public long Histograms { get; init; }

    public long UnreadableChunks { get; init; }

    /// <summary>Why the block was given up; null for an exported one.</summary>
    public string? Dropped { get; init; }

    public IReadOnlyList<LakeFile> Files { get; init; } = [];
}

/// <summary>
/// The list of blocks that are in the table, a JSON object a line, beside it (<c>_manifest.jsonl</c>). A line is appended and forced to the disk after the
/// files that it names. Two lines of one block say the same; a line cut short by a crash counts as none.
/// </summary>
internal sealed class LakeManifest(string root)
{
    private Dictionary<string, LakeEntry> _entries = [];

    private string File => Path.Combine(root, "_manifest.jsonl");

    public IReadOnlyCollection<LakeEntry> Entries => _entries.Values;

    public bool Contains(string ulid) => _entries.ContainsKey(ulid);

    /// <summary>Reads the file again: the command and the server may both write it.</summary>
    public LakeManifest Load()
    {
        var entries = new Dictionary<string, LakeEntry>(StringComparer.Ordinal);
        if (System.IO.File.Exists(File))
        {
            foreach (string line in System.IO.File.ReadLines(File))
            {
                if (Parse(line) is { } entry) entries[entry.Block] = entry;
            }
        }
        _entries = entries;
        return this;
    }

    public void Add(LakeEntry entry)
    {
        Directory.CreateDirectory(root);
        using (var file = new FileStream(File, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            string start = EndsCutShort(file) ? "\n" : "";
            file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes(start + JsonSerializer.Serialize(entry, LakeManifestJson.Default.LakeEntry) + "\n"));
            file.Flush(flushToDisk: true);
        }
        _entries[entry.Block] = entry;
    }

    /// <summary>Whether a block's samples are in the table already, by its own name or by those of the head blocks that a compaction made it of.</summary>
    public bool Covers(StoredBlock block) => Contains(block.Info.Ulid) || block.Sources.Any(Contains);

    private static bool EndsCutShort(FileStream file)
    {
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private static LakeEntry? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize(line, LakeManifestJson.Default.LakeEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LakeEntry))]
internal sealed partial class LakeManifestJson : JsonSerializerContext;
