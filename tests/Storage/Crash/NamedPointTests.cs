using Streamline.Storage.Tests.Files;

namespace Streamline.Storage.Tests.Crash;

/// <summary>The points at which a crash is most delicate, by name: the process dies there, or loses power there, and starts again.</summary>
public sealed class NamedPointTests
{
    [Theory]
    // Append: nothing written, half a record, all of it but nobody told; also at the first record of a segment and when a segment is full.
    [InlineData("append, before the write", "write wal/*", Fault.KillBefore, 40)]
    [InlineData("append, half the record written", "write wal/0*", Fault.KillDuring, 40)]
    [InlineData("append, record written, sender not told", "write wal/0*", Fault.KillAfter, 40)]
    [InlineData("append, new segment made, name not safe", "create wal/0*", Fault.KillAfter, 2)]
    [InlineData("append, segment full and synced, next not made", "create wal/0*", Fault.KillBefore, 3)]
    // Head cut.
    [InlineData("head cut, half a chunk file", "write *.tmp-for-creation/chunks/000001", Fault.KillDuring, 1)]
    [InlineData("head cut, series not yet in the index", "write *.tmp-for-creation/index", Fault.KillBefore, 1)]
    [InlineData("head cut, block without meta.json", "replace *.tmp-for-creation/meta.json", Fault.KillBefore, 1)]
    [InlineData("head cut, block whole but unnamed", "move ULID.tmp-for-creation", Fault.KillBefore, 1)]
    [InlineData("head cut, block named, head not cut", "move ULID.tmp-for-creation", Fault.KillAfter, 1)]
    // Checkpoint.
    [InlineData("checkpoint, half written", "write wal/checkpoint.*", Fault.KillDuring, 1)]
    [InlineData("checkpoint, whole but unnamed", "move wal/checkpoint.*", Fault.KillBefore, 1)]
    [InlineData("checkpoint, named, segments still there", "move wal/checkpoint.*", Fault.KillAfter, 1)]
    [InlineData("checkpoint, some segments deleted", "delete wal/0*", Fault.KillAfter, 2)]
    [InlineData("checkpoint, the older one half deleted", "delete wal/checkpoint.*", Fault.KillAfter, 1)]
    // Compaction: the fourth block written is the first of level two.
    [InlineData("compaction, child half written", "write *.tmp-for-creation/chunks/000001", Fault.KillDuring, 6)]
    [InlineData("compaction, child named, parents still there", "move ULID.tmp-for-creation", Fault.KillAfter, 6)]
    [InlineData("compaction, first parent renamed", "move ULID", Fault.KillAfter, 2)]
    [InlineData("compaction, second parent half deleted", "delete *.tmp-for-deletion/index", Fault.KillAfter, 3)]
    // Deletion by retention, by request.
    [InlineData("retention, block renamed", "move ULID", Fault.KillAfter, 5)]
    [InlineData("retention, block half deleted", "delete *.tmp-for-deletion/chunks/000001", Fault.KillAfter, 5)]
    [InlineData("delete request, tombstones half written", "write ULID/tombstones.tmp", Fault.KillDuring, 1)]
    [InlineData("delete request, tombstones there, meta.json not", "replace ULID/tombstones", Fault.KillAfter, 1)]
    [InlineData("delete request, one block of several", "replace ULID/meta.json", Fault.KillAfter, 3)]
    // Full chunks of the head written out.
    [InlineData("head chunks, file made, name not safe", "create chunks_head/*", Fault.KillAfter, 1)]
    [InlineData("head chunks, half of one written", "write chunks_head/*", Fault.KillDuring, 2)]
    [InlineData("head chunks, written, nobody told", "write chunks_head/*", Fault.KillAfter, 3)]
    [InlineData("head chunks, file of what blocks hold deleted", "delete chunks_head/*", Fault.KillAfter, 1)]
    // The head as a file, at an orderly end.
    [InlineData("end, head half written", "write streamline/head.snapshot.tmp", Fault.KillDuring, 1)]
    [InlineData("end, head whole but unnamed", "replace streamline/head.snapshot", Fault.KillBefore, 1)]
    [InlineData("end, head named, lock still held", "replace streamline/head.snapshot", Fault.KillAfter, 1)]
    // Snapshot.
    [InlineData("snapshot, some files linked", "link snapshots/*", Fault.KillAfter, 3)]
    [InlineData("snapshot, whole but unnamed", "move snapshots/*.tmp", Fault.KillBefore, 1)]
    internal void Crash_AtANamedPoint_KeepsWhatWasAcknowledged(string point, string operation, Fault fault, int nth)
    {
        foreach (PowerLoss? loss in (PowerLoss?[])[null, PowerLoss.LosesAll])
        {
            using var s = new CrashScenario(o => StoreLife.Configure(o) with { Fsync = loss is null ? FsyncPolicy.Interval : FsyncPolicy.Commit });
            s.Files.On(operation, fault, nth);
            StoreLife.Live(s);
            Assert.True(s.Files.IsKilled, $"{point}: {operation} did not happen {nth} times");
            s.Restart(loss);
            s.Check($"{point}, {loss}");
            Assert.DoesNotContain(s.Log, l => l.StartsWith("Error", StringComparison.Ordinal) && !l.Contains("killed", StringComparison.Ordinal));
            // It goes on from there, and a second crash finds it as well.
            StoreLife.Live(s, 14, 17);
            s.Check($"{point}, {loss}, three hours later");
            s.Restart();
            s.Check($"{point}, {loss}, killed again");
        }
    }

    /// <summary>Reload: blocks placed by hand are read while the process dies, and at the start itself.</summary>
    [Theory]
    [InlineData("start, leftovers half deleted", "delete ULID.tmp-for-creation/*", 1)]
    [InlineData("start, first segment of the new process", "create wal/0*", 1)]
    [InlineData("start, torn record being cut off", "set-length wal/*", 1)]
    internal void Crash_AtTheStart_IsNoWorseThanOneCrash(string point, string operation, int nth)
    {
        foreach (var fault in (Fault[])[Fault.KillBefore, Fault.KillAfter])
        {
            using var s = new CrashScenario(StoreLife.Configure);
            string first = operation.StartsWith("delete", StringComparison.Ordinal) ? "move ULID.tmp-for-creation" : "write wal/0*";
            s.Files.On(first, first[0] == 'm' ? Fault.KillBefore : Fault.KillDuring, first[0] == 'm' ? 1 : 40);
            StoreLife.Live(s);
            Assert.True(s.Files.IsKilled);
            s.Kill();
            Assert.True(s.StartAndDie(operation, fault, nth), $"{point}: {operation} did not happen");
            s.Start();
            s.Check($"{point}, {fault}");
        }
    }
}
