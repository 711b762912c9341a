using System.Text.Json;
using System.Text.Json.Serialization;
using Streamline.Storage.Files;

namespace Streamline.Storage.Blocks;

/// <summary>meta.json of a block, field for field as Prometheus writes it.</summary>
internal sealed record BlockMeta
{
    public const string FileName = "meta.json";
    public const int Version1 = 1;

    // Sources of the largest block are some hundred lines; a file put there by hand must not be read whole, whatever its size.
    private const int MaxBytes = 16 << 20;

    [JsonPropertyName("ulid")] public required string Ulid { get; init; }

    /// <summary>First millisecond covered.</summary>
    [JsonPropertyName("minTime"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public required long MinTimeMs { get; init; }

    /// <summary>First millisecond behind the block.</summary>
    [JsonPropertyName("maxTime"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public required long MaxTimeMs { get; init; }

    [JsonPropertyName("stats")] public BlockStats Stats { get; init; } = new();

    [JsonPropertyName("compaction")] public BlockCompaction Compaction { get; init; } = new();

    [JsonPropertyName("version"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int Version { get; init; } = Version1;

    /// <summary>Reads and checks a block's meta.json.</summary>
    /// <exception cref="StorageCorruptionException">Not the JSON of a block.</exception>
    public static BlockMeta Read(DataFiles files, string blockDirectory)
    {
        string path = Path.Combine(blockDirectory, FileName);
        byte[] bytes = files.ReadAll(path, MaxBytes);
        BlockMeta? meta;
        try
        {
            meta = JsonSerializer.Deserialize(bytes, BlockMetaJson.Default.BlockMeta);
        }
        catch (JsonException error)
        {
            throw new StorageCorruptionException(path, error.BytePositionInLine ?? 0, error.Message, error);
        }
        if (meta is null) throw new StorageCorruptionException(path, 0, "empty");
        if (meta.Version != Version1) throw new StorageCorruptionException(path, 0, $"unexpected meta file version {meta.Version}");
        if (!Blocks.Ulid.IsValid(meta.Ulid)) throw new StorageCorruptionException(path, 0, $"\"{meta.Ulid}\" is not a ULID");
        if (meta.MaxTimeMs < meta.MinTimeMs) throw new StorageCorruptionException(path, 0, "the block ends before it starts");
        return meta;
    }

    /// <summary>Writes meta.json so that a crash leaves the old file or the new one.</summary>
    public void Write(DataFiles files, string blockDirectory)
    {
        string path = Path.Combine(blockDirectory, FileName), temporary = path + ".tmp";
        using (var file = files.Create(temporary, replace: true))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(this, BlockMetaJson.Default.BlockMeta), 0);
            file.Sync();
        }
        files.Replace(temporary, path);
        files.SyncDirectory(blockDirectory);
    }
}

/// <summary>Counts of a block; zeros are left out of the file.</summary>
internal sealed record BlockStats
{
    [JsonPropertyName("numSamples")] public long NumSamples { get; init; }

    [JsonPropertyName("numFloatSamples")] public long NumFloatSamples { get; init; }

    [JsonPropertyName("numHistogramSamples")] public long NumHistogramSamples { get; init; }

    [JsonPropertyName("numSeries")] public long NumSeries { get; init; }

    [JsonPropertyName("numChunks")] public long NumChunks { get; init; }

    [JsonPropertyName("numTombstones")] public long NumTombstones { get; init; }
}

/// <summary>Where a block comes from.</summary>
internal sealed record BlockCompaction
{
    /// <summary>1 for a block cut from a head.</summary>
    [JsonPropertyName("level"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int Level { get; init; } = 1;

    /// <summary>The head blocks that went into it, itself at level 1.</summary>
    [JsonPropertyName("sources"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>A compaction found no samples: to be deleted.</summary>
    [JsonPropertyName("deletable")] public bool Deletable { get; init; }

    /// <summary>The blocks it was made of.</summary>
    [JsonPropertyName("parents"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<BlockParent>? Parents { get; init; }

    /// <summary>A compaction of it failed: to be left out of further ones.</summary>
    [JsonPropertyName("failed")] public bool Failed { get; init; }

    /// <summary>What else is to be known, such as <c>from-out-of-order</c>.</summary>
    [JsonPropertyName("hints"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<string>? Hints { get; init; }
}

/// <summary>A block by name and range.</summary>
internal sealed record BlockParent
{
    [JsonPropertyName("ulid")] public required string Ulid { get; init; }

    [JsonPropertyName("minTime"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public required long MinTimeMs { get; init; }

    [JsonPropertyName("maxTime"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public required long MaxTimeMs { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, IndentCharacter = '\t', IndentSize = 1, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(BlockMeta))]
internal sealed partial class BlockMetaJson : JsonSerializerContext;
