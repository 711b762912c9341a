using Streamline.Storage.Files;
using Streamline.Storage.Wal;

namespace Streamline.Storage;

/// <summary>
/// Makes a damaged data directory one that opens, keeping what can be read: damaged blocks and checkpoints get the ending <c>.damaged</c>, a checkpoint's good
/// part stays in use, and log and head chunk files are repaired as at every start.
/// </summary>
public static class StoreRepair
{
    private const string Suffix = ".damaged";

    /// <summary>Repairs, tells each thing that was done in a line, and returns their number.</summary>
    /// <exception cref="TsdbLockedException">A server has the directory open.</exception>
    /// <exception cref="IOException">A file cannot be read or changed.</exception>
    public static int Run(string dataDirectory, Action<string> tell)
    {
        int done = 0;
        void Tell(string what)
        {
            done++;
            tell(what);
        }
        if (!Directory.Exists(dataDirectory)) throw new DirectoryNotFoundException($"data directory {dataDirectory} does not exist");
        using (TsdbLock.Take(DataFiles.Disk, dataDirectory))
        {
            foreach (string path in StoredBlock.PathsIn(dataDirectory)) PutAside(path, ProblemsOf(path), Tell);
            RepairCheckpoint(Path.Combine(dataDirectory, "wal"), Tell);
        }
        using var db = Tsdb.Open(new TsdbOptions
        {
            Path = dataDirectory,
            Log = (level, text) =>
            {
                if (level >= TsdbLogLevel.Warning) Tell(text);
            },
        });
        return done;
    }

    private static IReadOnlyList<string> ProblemsOf(string block)
    {
        try
        {
            using var stored = StoredBlock.Open(block);
            return stored.Verify();
        }
        catch (StorageCorruptionException damage)
        {
            return [damage.Message];
        }
    }

    private static void PutAside(string path, IReadOnlyList<string> problems, Action<string> tell)
    {
        if (problems.Count == 0) return;
        DataFiles.Disk.MoveDirectory(path, path + Suffix);
        tell($"{path}: renamed to {Path.GetFileName(path)}{Suffix}: {problems[0]}");
    }

    /// <summary>A start refuses a damaged checkpoint, because it was written whole. Its records up to the damage become the new one.</summary>
    private static void RepairCheckpoint(string wal, Action<string> tell)
    {
        if (WalDirectory.Checkpoints(wal) is not [.., var newest]) return;
        string path = WalDirectory.CheckpointPath(wal, newest), temporary = path + ".tmp";
        if (Directory.Exists(temporary)) DataFiles.Disk.DeleteDirectory(temporary);
        string? problem = CopyGood(path, temporary);
        if (problem is null)
        {
            DataFiles.Disk.DeleteDirectory(temporary);
            return;
        }
        DataFiles.Disk.MoveDirectory(path, path + Suffix);
        DataFiles.Disk.MoveDirectory(temporary, path);
        tell($"{path}: cut to its good part, the original is {Path.GetFileName(path)}{Suffix}: {problem}");
    }

    private static string? CopyGood(string from, string to)
    {
        using var writer = new WalWriter(DataFiles.Disk, to, 0, int.MaxValue, FsyncPolicy.Never, new WalCounters(), TimeProvider.System);
        try
        {
            foreach (int segment in WalDirectory.Segments(from))
            {
                using var reader = new WalReader(DataFiles.Disk, WalDirectory.SegmentPath(from, segment), Encoding.Zstd.Installed);
                while (reader.Next(out var record))
                {
                    writer.Begin();
                    writer.Add(record);
                    if (!writer.TryWrite(out string error)) throw new IOException(error);
                }
            }
            return null;
        }
        catch (StorageCorruptionException damage)
        {
            return damage.Message;
        }
    }
}
