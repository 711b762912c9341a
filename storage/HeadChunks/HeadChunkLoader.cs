using System.Globalization;
using Streamline.Storage.Files;
using Streamline.Storage.Head;

namespace Streamline.Storage.HeadChunks;

/// <summary>
/// Reads <c>chunks_head/</c> at start, before the log: the head gets the place of every chunk, and the log is left to fill in the rest. Damage ends the
/// reading: what follows is dropped, because a series' chunks are only good without gaps, and comes from the log again.
/// </summary>
internal sealed class HeadChunkLoader(HeadStore head, DataFiles files, string directory, bool readOnly, Action<TsdbLogLevel, string> log)
{
    /// <summary>Files that a snapshot has checked and whose chunks it names; their lengths are as it says.</summary>
    public IReadOnlyList<(int Number, long Bytes, long MaxTime)> Known { get; init; } = [];

    /// <summary>Opens the files that can be used, gives their chunks to the head and returns the files.</summary>
    public HeadChunkFiles Load()
    {
        var result = new HeadChunkFiles(files, directory);
        var numbers = Numbers();
        for (int i = 0; i < numbers.Count; i++)
        {
            if (i > 0 && numbers[i] != numbers[i - 1] + 1)
            {
                log(TsdbLogLevel.Warning, $"{directory}: head chunk file {numbers[i - 1] + 1} is missing, the samples of those behind it are read from the log");
                Drop(numbers[i..]);
                break;
            }
            if (TryLoad(numbers[i], i == numbers.Count - 1, result)) continue;
            Drop(numbers[(i + 1)..]);
            break;
        }
        return result;
    }

    /// <summary>False when the files behind this one must not be used.</summary>
    private bool TryLoad(int number, bool isLast, HeadChunkFiles result)
    {
        var data = files.OpenRead(HeadChunkFiles.PathOf(directory, number));
        foreach (var known in Known)
        {
            if (known.Number != number) continue;
            result.Adopt(new HeadChunkFile(number, data, known.Bytes, known.MaxTime));
            return true;
        }
        if (isLast && HeadChunkReader.IsEmpty(data))
        {
            data.Dispose();
            Drop([number]);
            return true;
        }
        var file = new HeadChunkFile(number, data, HeadChunkFormat.FileHeaderBytes);
        try
        {
            file.Bytes = HeadChunkReader.Scan(data, (in HeadChunkInfo info, long offset, ReadOnlySpan<byte> chunk) =>
            {
                ulong reference = (ulong)number << 32 | (ulong)offset;
                if (!head.TryLoadMapped(info, reference, chunk, out string reason)) throw new StorageCorruptionException(data.Path, offset, reason);
                file.Note(info);
            });
            result.Adopt(file);
            return true;
        }
        catch (StorageCorruptionException damage)
        {
            head.Counters.MappedCorruptions.Add(1);
            log(TsdbLogLevel.Warning, $"head chunks: {damage.Message}; the samples from there on are read from the log");
            Keep(file, damage.Offset, result);
            return false;
        }
    }

    /// <summary>What stands before the damage stays in use.</summary>
    private void Keep(HeadChunkFile file, long good, HeadChunkFiles result)
    {
        if (good <= HeadChunkFormat.FileHeaderBytes)
        {
            file.File.Dispose();
            Drop([file.Number]);
            return;
        }
        if (!readOnly)
        {
            using var writable = files.OpenWrite(file.File.Path);
            writable.SetLength(good);
        }
        file.Bytes = good;
        result.Adopt(file);
    }

    private void Drop(IEnumerable<int> numbers)
    {
        if (readOnly) return;
        foreach (int number in numbers) files.Delete(HeadChunkFiles.PathOf(directory, number));
    }

    private List<int> Numbers()
    {
        var numbers = new List<int>();
        if (!Directory.Exists(directory)) return numbers;
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) numbers.Add(number);
        }
        numbers.Sort();
        return numbers;
    }
}
