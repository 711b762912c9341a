using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Stages;

/// <summary>What an aggregate stage knows after the process died, or after its disk refused.</summary>
public sealed class AggregateJournalTests : IDisposable
{
    private readonly StageBench _bench = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-aggregate-").FullName;
    private FsyncPolicy _fsync = FsyncPolicy.Never;
    private AggregateJournals _journals;

    public AggregateJournalTests() => _journals = Journals();

    private string Journal => Path.Combine(_folder, "p%2Faggregate%2F0.journal");

    public void Dispose()
    {
        _journals.Dispose();
        _bench.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("total", " 10:0 20:15 30:42")]
    [InlineData("increase", " 10:0 20:15 30:27")]
    [InlineData("sum", " 10:30 20:45 30:27")]
    [InlineData("count", " 10:2 20:2 30:2")]
    [InlineData("avg", " 10:15 20:22.5 30:13.5")]
    [InlineData("min", " 10:10 20:11 30:1")]
    [InlineData("max", " 10:20 20:30 30:26")]
    [InlineData("last", " 10:20 20:15 30:1")]
    public void Output_IsTheSame_WithADeathAfterEachBatch(string output, string expected)
    {
        string[][] batches =
        [
            ["m{job=a,i=1} 1 10", "m{job=a,i=2} 2 20"],
            ["m{job=a,i=1} 11 11", "m{job=a,i=2} 12 30", "m{job=a,i=1} 19 15"],
            ["m{job=a,i=2} 21 26", "m{job=a,i=1} 29 1"],
            ["m{job=a,i=1} 41 1"],
        ];
        foreach (string[] batch in batches) _bench.With(Stage(Config("m") with { Outputs = [output], By = ["job"] })).Begin().Send(batch);
        Assert.Equal([$"m:10s_by_job_{output}{{job=a}}{expected}"], _bench.Stored($"m:10s_by_job_{output}"));
        Assert.Empty(_bench.Stored("m"));
    }

    [Fact]
    public void Restart_InOrder_LeavesTheWindowsOpen()
    {
        _bench.With(Stage(Config("m"))).Begin().Send("m{i=1} 1 1").Send("m{i=2} 5 2").Flush(goesOn: true);
        Assert.Empty(_bench.Stored("m:10s_sum"));
        _bench.With(Stage(Config("m"))).Begin().Send("m{i=1} 9 4").Send("m{i=1} 25 1");
        Assert.Equal(["m:10s_sum 10:6"], _bench.Stored("m:10s_sum"));
    }

    [Fact]
    public void SamplesSentAgain_CountOnce()
    {
        _bench.With(Stage(Config("m") with { Outputs = ["total"] })).Begin().Send("m 1 10").Send("m 5 15");
        _bench.With(Stage(Config("m") with { Outputs = ["total"] })).Begin().Send("m 5 15").Send("m 25 15");
        Assert.Equal(["m:10s_total 10:5"], _bench.Stored("m:10s_total"));
    }

    // The journal has the batch, the store has not got what it closed.
    [Fact]
    public void OutputsThatTheStoreLacks_ComeAtTheStart_InABatchOfTheirOwn()
    {
        var batch = Batch("m 1 1");
        var first = Stage(Config("m"));
        Assert.Null(first.Begin());
        first.Process(batch);
        batch.Release();
        batch = Batch("m 25 1");
        first.Process(batch);
        Assert.Equal(1, batch.Count);
        _bench.With(Stage(Config("m"))).Begin();
        Assert.Equal(["m:10s_sum 10:1"], _bench.Stored("m:10s_sum"));
        // Not confirmed yet: offered once more, and no error.
        _bench.With(Stage(Config("m"))).Begin();
        Assert.Equal((1, 0), (_bench.Last.Accepted, _bench.Last.Rejected));
        // Told on the next batch, and not offered after that.
        _bench.Send("m 26 1");
        Assert.Null(Stage(Config("m")).Begin());
    }

    [Fact]
    public void OutputsThatTheDiskRefused_AreOfferedAgain()
    {
        var stage = Stage(Config("m"));
        stage.Begin();
        _bench.With(stage).Send("m 1 1");
        var batch = Batch("m 25 1");
        stage.Process(batch);
        var refused = new CommitResult();
        refused.Reject(RejectReason.Storage, batch.Count);
        batch.Complete(refused);
        batch.Release();
        _bench.Send("m 26 1");
        Assert.Equal(["m:10s_sum 10:1"], _bench.Stored("m:10s_sum"));
    }

    [Fact]
    public void EndOfAGroup_IsToldAfterARestart()
    {
        var config = Config("m") with { By = ["job"], Outputs = ["total"] };
        _bench.With(Stage(config)).Begin().Send("m{job=a} 1 1", "m{job=b} 1 1").Send("m{job=b} 25 1");
        _bench.With(Stage(config)).Begin().Send("m{job=a} 26 stale", "m{job=b} 45 1");
        _bench.Send("m{job=b} 65 1");
        Assert.Equal("m:10s_by_job_total{job=a} 10:0 20:stale", _bench.Stored("m:10s_by_job_total")[0]);
    }

    [Fact]
    public void SeriesThatDoNotComeBack_GoWithTheirGroup()
    {
        var config = Config("m") with { By = ["job"], Outputs = ["total"] };
        var stage = Stage(config);
        _bench.With(stage).Begin().Send([.. Enumerable.Range(0, 50).Select(i => $"m{{job=a,i={i}}} 1 1"), "m{job=b} 1 1"]);
        stage = Stage(config);
        _bench.With(stage).Begin().Send("m{job=b} 20 1");
        Assert.Equal("2", stage.Details["groups"]);
        _bench.Send("m{job=b} 400 1").Send("m{job=b} 430 1").Flush(goesOn: true);
        long length = new FileInfo(Journal).Length;
        Stage(config).Begin();
        Assert.True(new FileInfo(Journal).Length < length / 4, $"{length} -> {new FileInfo(Journal).Length} bytes");
        stage = Stage(config);
        stage.Begin();
        Assert.Equal("1", stage.Details["groups"]);
    }

    [Fact]
    public void JournalOfAnotherConfiguration_IsNotTaken()
    {
        _bench.With(Stage(Config("m"))).Begin().Send("m 1 1").Send("m 5 2");
        _bench.With(Stage(Config("m") with { Outputs = ["max"] })).Begin().Send("m 6 1").Send("m 25 1");
        Assert.Equal(["m:10s_max 10:1"], _bench.Stored("m:10s_max"));
        Assert.Empty(_bench.Stored("m:10s_sum"));
    }

    [Fact]
    public void DiskThatRefuses_RefusesTheSamples_UntilItTakesAgain()
    {
        var stage = Stage(Config("m") with { Outputs = ["total"] });
        Directory.Delete(_folder);
        File.WriteAllText(_folder, "in the way");
        _bench.With(stage).Begin().Send("m 1 10", "other 1 1");
        Assert.Equal((1, 1), (_bench.Last.Accepted, _bench.Last.RejectedBy(RejectReason.Storage)));
        File.Delete(_folder);
        _bench.Send("m 1 10");
        Assert.Equal((0, 1), (_bench.Last.Accepted, _bench.Last.RejectedBy(RejectReason.Dropped)));
        _bench.With(Stage(Config("m") with { Outputs = ["total"] })).Begin().Send("m 2 15").Send("m 25 15");
        Assert.Equal(["m:10s_total 10:5"], _bench.Stored("m:10s_total"));
    }

    [Fact]
    public void LeftBehindStage_WritesNoMore()
    {
        var old = Stage(Config("m"));
        _bench.With(old).Begin().Send("m 1 1");
        var next = Stage(Config("m"));
        next.Begin();
        _bench.Send("m 2 2");
        Assert.Equal(1, _bench.Last.RejectedBy(RejectReason.Storage));
        _bench.With(next).Send("m 3 3").Send("m 25 1");
        Assert.Equal(["m:10s_sum 10:3"], _bench.Stored("m:10s_sum"));
    }

    // 16 MB are 800 thousand samples: a stage of few series keeps its file below that for ever.
    [Fact]
    public void Journal_IsRewritten_AndStaysBounded()
    {
        var config = Config("m") with { Outputs = ["total"] };
        _bench.With(Stage(config)).Begin();
        var handles = Enumerable.Range(0, 1000).Select(i => _bench.Store.Resolve(StageBench.LabelsOf($"m{{i={i}}}"))).ToArray();
        long longest = 0;
        for (int round = 0; round < 1000; round++)
        {
            _bench.Send([.. handles.Select(h => (h, round * 0.9, (double)round))]);
            longest = Math.Max(longest, new FileInfo(Journal).Length);
        }
        Assert.InRange(longest, 10_000_000, 17_000_000);
        Assert.InRange(new FileInfo(Journal).Length, 1, 10_000_000);
        _bench.With(Stage(config)).Begin().Send((handles[0], 930, 1000));
        Assert.EndsWith(" 890:988000 900:999000 920:999000", Assert.Single(_bench.Stored("m:10s_total")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FsyncPolicy.Commit)]
    [InlineData(FsyncPolicy.Interval)]
    public void Fsync_FollowsTheLogsPolicy(FsyncPolicy policy)
    {
        _fsync = policy;
        _bench.With(Stage(Config("m"))).Begin().Send("m 1 1");
        _bench.Advance(TimeSpan.FromSeconds(2));
        _bench.With(Stage(Config("m"))).Begin().Send("m 25 1");
        Assert.Equal(["m:10s_sum 10:1"], _bench.Stored("m:10s_sum"));
    }

    // A death at any byte of the file: what was written whole before it counts, once.
    [Fact]
    public void TornTail_LosesOnlyWhatWasNotAcknowledged()
    {
        _bench.With(Stage(Config("m") with { Outputs = ["total"] })).Begin();
        var ends = new List<(long Length, double Total)> { (new FileInfo(Journal).Length, 0) };
        for (int i = 1; i <= 9; i++)
        {
            _bench.Send($"m {i} {i * 10}");
            ends.Add((new FileInfo(Journal).Length, (i - 1) * 10));
        }
        byte[] whole = File.ReadAllBytes(Journal);
        for (int length = (int)ends[0].Length; length < whole.Length; length++)
        {
            File.WriteAllBytes(Journal, whole[..length]);
            var stage = Stage(Config("m") with { Outputs = ["total"] });
            Assert.Null(stage.Begin());
            var rest = stage.Flush(goesOn: false);
            var last = ends.Last(e => e.Length <= length);
            Assert.Equal(last.Length == ends[0].Length ? double.NaN : last.Total, rest is null ? double.NaN : rest.Values[^1]);
            rest?.Release();
        }
    }

    // Any damage: the stage starts with something sound, writes a good file and goes on.
    [Fact]
    public void DamagedJournals_NeverStopTheStage()
    {
        var config = Config("{job=~\".+\"}") with { By = ["job"], Outputs = ["total", "sum", "max"] };
        _bench.With(Stage(config)).Begin().Send("m{job=a} 1 1", "m{job=b} 1 1").Send("m{job=a} 25 7").Flush(goesOn: true);
        _bench.With(Stage(config)).Begin().Send("m{job=a} 26 8", "n{job=c} 27 1").Send("m{job=a} 45 9");
        byte[] whole = File.ReadAllBytes(Journal);
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = (byte[])whole.Clone();
            int at = random.Next(8, damaged.Length);
            for (int i = 0; i < random.Next(1, 9) && at + i < damaged.Length; i++) damaged[at + i] = (byte)random.Next(256);
            // Half of them with sums that are right, so that the contents are what is not believed.
            if (seed % 2 == 0) Reseal(damaged);
            File.WriteAllBytes(Journal, damaged);
            using var bench = new StageBench();
            bench.With(new AggregateStage("a", config, bench.Store, bench.Time, naming => _journals.Open("p/aggregate/0", naming))).Begin().Send("m{job=a} 46 9").Send("m{job=a} 85 9").Flush(goesOn: true);
            // A time that only a forger could write may close all windows; damage cannot.
            if (seed % 2 == 1) Assert.True(bench.Stored("m:10s_by_job_max").Count > 0, $"seed {seed}");
        }
    }

    /// <summary>Makes the checksums of a damaged journal right.</summary>
    internal static void Reseal(byte[] journal)
    {
        for (int at = 8; at + 8 <= journal.Length;)
        {
            long length = BitConverter.ToUInt32(journal, at);
            if (at + 8 + length > journal.Length) return;
            uint crc = uint.MaxValue;
            foreach (byte b in journal.AsSpan(at + 8, (int)length)) crc = System.Numerics.BitOperations.Crc32C(crc, b);
            BitConverter.TryWriteBytes(journal.AsSpan(at + 4), ~crc);
            at += 8 + (int)length;
        }
    }

    private SampleBatch Batch(string line)
    {
        string[] parts = line.Split(' ');
        var batch = new SampleBatch("test");
        batch.Add(_bench.Store.Resolve(StageBench.LabelsOf(parts[0])), StageBench.Origin + int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) * 1000, double.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
        return batch;
    }

    private static AggregateStageConfig Config(string match) => new() { Match = new OneOrMany([match]), Interval = TimeSpan.FromSeconds(10), Outputs = ["sum"] };

    private AggregateJournals Journals() => new(_folder, () => _fsync, _bench.Time, NullLogger.Instance);

    // As a process that starts: nobody who had the file before has it now.
    private AggregateStage Stage(AggregateStageConfig config) => new("a", config, _bench.Store, _bench.Time, naming => _journals.Open("p/aggregate/0", naming));
}
