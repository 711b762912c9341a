using Streamline.Storage.Files;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.HeadChunks;

public sealed class HeadChunkTests
{
    private const int Series = 40, Steps = 700;

    private static string Folder(Scenario s) => Path.Combine(s.Options.Path, "chunks_head");

    private static string[] Files(Scenario s) => Directory.Exists(Folder(s)) ? [.. Directory.GetFiles(Folder(s)).Order(StringComparer.Ordinal)] : [];

    private static void Fill(Scenario s, int from = 0, int to = Steps)
    {
        var samples = new (string, long, double)[Series];
        for (int step = from; step < to; step++)
        {
            for (int i = 0; i < Series; i++) samples[i] = ($"m,i={i}", Start + step * 15_000L + i, Math.Sin(step * (i + 1)) * 1000);
            Assert.Equal(Series, s.Commit(samples).Accepted);
        }
    }

    [Fact]
    public void FullChunks_LeaveMemory_AndAreReadFromTheirFiles()
    {
        using var s = new Scenario();
        using var memory = new Scenario();
        memory.Head.ChunkFiles = null;
        Fill(s);
        Fill(memory);
        s.Head.MapOutAll();
        Assert.Equal(memory.Read(), s.Read());
        var middle = new TimeRange(Start + 300 * 15_000, Start + 310 * 15_000);
        Assert.Equal(Read(memory.Db, middle), Read(s.Db, middle));
        Assert.InRange(s.Head.ChunkBytes, 1, memory.Head.ChunkBytes / 2);
        Assert.True(s.Head.Counters.ChunksMapped.Value >= Series * 5);
        Assert.Equal(0, s.Head.FullBytes);
        Assert.Equal(s.Head.ChunkFiles!.StoredBytes, new FileInfo(Assert.Single(Files(s))).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_TakesFilesFirst_ThenWhatTheLogHasMore(bool clean)
    {
        using var s = new Scenario();
        Fill(s);
        string[] before = s.Read();
        long chunks = s.Head.ChunkCount;
        _ = clean ? s.Reopen() : s.CrashAndReopen();
        Assert.Equal(before, s.Read());
        Assert.Equal(chunks, s.Head.ChunkCount);
        // What the log gave anew lies behind the file's chunks; the file was not written again.
        Assert.True(s.Head.Counters.ChunksMapped.Value < Series * 2);
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
        Fill(s, Steps, Steps + 300);
        before = s.Read();
        Assert.Equal(before, s.Reopen().CrashAndReopen().Read());
        Assert.True(Files(s).Length > 1);
    }

    [Fact]
    public void Restart_KnowsTheLastSampleOfAChunkThatFillsItsSeries()
    {
        using var s = new Scenario();
        for (int i = 0; i < 121; i++) s.Commit(("a", Start + i * 60_000L, i));
        s.Crash();
        // A log without the last commit: the series ends with its mapped chunk.
        long end = 0;
        using (var reader = new Wal.WalReader(DataFiles.Disk, s.Segments[0], null))
        {
            for (int i = 0; i < 120 + 1 && reader.Next(out _); i++) end = reader.GoodOffset;
        }
        using (var file = File.OpenWrite(s.Segments[0])) file.SetLength(end);
        s.Open();
        s.Head.MapOutAll();
        var (_, time, value) = ("a", Start + 120 * 60_000L, 120.0);
        Assert.Equal(1, s.Commit(("a", time, value)).Accepted);
        Assert.Equal(1, s.Commit(("a", time, value + 1)).RejectedBy(RejectReason.Duplicate));
        Assert.Equal(1, s.Commit(("a", time - 1, value)).RejectedBy(RejectReason.OutOfOrder));
        Assert.Equal(1, s.Commit(("a", time + 60_000, 7)).Accepted);
        string[] all = s.Read();
        Assert.Equal(all, s.Reopen().Read());
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("torn")]
    [InlineData("magic")]
    [InlineData("version")]
    [InlineData("gap")]
    [InlineData("empty")]
    [InlineData("zeros")]
    [InlineData("length")]
    public void DamagedFiles_AreRebuiltFromTheLog(string damage)
    {
        using var s = new Scenario();
        for (int part = 0; part < 3; part++)
        {
            Fill(s, part * Steps / 3, (part + 1) * Steps / 3);
            s.Reopen();
        }
        string[] before = s.Read(), files = Files(s);
        Assert.True(files.Length >= 3);
        s.Crash();
        Damage(damage, files);
        s.Open();
        Assert.Equal(before, s.Read());
        bool harmless = damage is "empty" or "zeros";
        Assert.Equal(harmless ? 0 : 1, s.Log.Count(l => l.StartsWith("Warning", StringComparison.Ordinal)));
        Assert.Equal(damage is "empty" or "zeros" or "gap" ? 0 : 1, s.Head.Counters.MappedCorruptions.Value);
        Fill(s, Steps, Steps + 200);
        before = s.Read();
        s.Log.Clear();
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
        int[] numbers = [.. Files(s).Select(f => int.Parse(Path.GetFileName(f), System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
    }

    private static void Damage(string damage, string[] files)
    {
        switch (damage)
        {
            case "flip":
                Change(files[1], f => f.Length / 2, b => (byte)(b ^ 16));
                break;
            case "torn":
                using (var file = File.OpenWrite(files[^1])) file.SetLength(file.Length - 100);
                break;
            case "magic":
                Change(files[0], _ => 1, b => (byte)(b + 1));
                break;
            case "version":
                Change(files[1], _ => 4, _ => 9);
                break;
            case "gap":
                File.Delete(files[1]);
                break;
            case "empty":
                File.WriteAllBytes(NextOf(files), []);
                break;
            case "zeros":
                // As a machine that lost power leaves a file that was made longer before it was written.
                using (var file = File.OpenWrite(files[^1])) file.SetLength(file.Length + 4096);
                File.WriteAllBytes(NextOf(files), new byte[512]);
                break;
            case "length":
                Change(files[0], _ => HeadChunkFormat.FileHeaderBytes + HeadChunkFormat.FixedBytes, _ => 0xFF);
                break;
            default:
                throw new ArgumentException(damage);
        }
    }

    private static string NextOf(string[] files) =>
        HeadChunkFiles.PathOf(Path.GetDirectoryName(files[^1])!, int.Parse(Path.GetFileName(files[^1]), System.Globalization.CultureInfo.InvariantCulture) + 1);

    private static void Change(string path, Func<byte[], long> at, Func<byte, byte> change)
    {
        byte[] bytes = File.ReadAllBytes(path);
        long index = at(bytes);
        bytes[index] = change(bytes[index]);
        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public void FlippedBits_NeverHarmTheStart()
    {
        using var s = new Scenario();
        Fill(s, 0, 400);
        s.Head.MapOutAll();
        string[] before = s.Read();
        s.Crash();
        byte[] good = File.ReadAllBytes(Files(s)[0]);
        var random = new Random(11);
        for (int round = 0; round < 15; round++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int flips = random.Next(1, 4); flips > 0; flips--) bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            foreach (string file in Files(s)) File.Delete(file);
            File.WriteAllBytes(Path.Combine(Folder(s), "000001"), random.Next(3) == 0 ? bad[..random.Next(bad.Length)] : bad);
            s.Open();
            Assert.Equal(before, s.Read());
            s.Crash();
        }
    }

    [Fact]
    public void Truncation_DeletesFiles_ButNotUnderAReader()
    {
        using var s = new Scenario();
        Fill(s, 0, 300);
        s.Reopen();
        Fill(s, 300, 900);
        s.Head.MapOutAll();
        string[] files = Files(s);
        string[] before = s.Read();
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        using var cursor = set.Open(3);
        var times = new long[10];
        var values = new double[10];
        Assert.Equal(10, cursor.Next(times, values));
        s.Db.Maintain();
        s.Db.Maintain();
        Assert.NotEmpty(s.Db.Blocks);
        Assert.DoesNotContain(files[0], Files(s));
        Assert.Contains(files[^1], Files(s));
        int read = 10;
        for (int n; (n = cursor.Next(times, values)) > 0;) read += n;
        Assert.Equal(900, read);
        set.Dispose();
        Assert.Equal(before, s.Read());
        Fill(s, 900, 910);
        Assert.Equal(s.Read(), s.CrashAndReopen().Read());
    }

    [Fact]
    public void FullDisk_KeepsChunksInMemory_UntilThereIsRoom()
    {
        FailingFiles failing = null!;
        using var s = new Scenario(o => o with { Files = failing = new FailingFiles(o.Path) });
        Fill(s, 0, 100);
        failing.On("write chunks_head/*", Fault.NoSpace);
        Fill(s, 100, 500);
        Assert.Contains(s.Log, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("head chunks", StringComparison.Ordinal));
        Assert.True(s.Head.FullBytes > 0);
        string[] before = s.Read();
        failing.Heal();
        s.Db.Maintain();
        Assert.Equal(0, s.Head.FullBytes);
        Assert.Equal(before, s.Read());
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void ReadOnly_BesideARunningServer_ReadsItsFiles()
    {
        using var s = new Scenario();
        Fill(s);
        byte[][] files = [.. Files(s).Select(File.ReadAllBytes)];
        using (var reader = Tsdb.Open(s.Options with { ReadOnly = true })) Assert.Equal(s.Read(), Read(reader, TimeRange.All));
        Assert.Equal(files, Files(s).Select(File.ReadAllBytes));
    }

    [Fact]
    public void Deletions_HideMappedSamples()
    {
        using var s = new Scenario();
        Fill(s, 0, 300);
        s.Head.MapOutAll();
        s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "i", "7")], new TimeRange(Start, Start + 100 * 15_000 + 7));
        string[] after = s.Read();
        Assert.Equal(199, Samples(s.Db, 7).Count);
        Assert.Equal(after, s.Reopen().Read());
    }

    private static List<(long Time, double Value)> Samples(Tsdb db, int series)
    {
        using var set = db.Select([new LabelMatcher(MatchOperator.Equal, "i", $"{series}")], TimeRange.All, SelectHints.None);
        return Scenario.Samples(set, 0);
    }

    [Fact]
    public void SeriesUnderTwoReferences_HasItsSamplesOnce()
    {
        // A directory whose log names one series twice, as Prometheus leaves it after a series came back.
        using var s = new Scenario();
        Fill(s, 0, 300);
        s.Reopen();
        string[] before = s.Read();
        s.Crash();
        var record = new Wal.RecordBuffer();
        record.BeginSeries();
        record.AddSeries(900, Scenario.Series("m,i=3").Encoded);
        using (var writer = new Wal.WalWriter(DataFiles.Disk, s.Wal, 90, 1 << 20, FsyncPolicy.Never, new Wal.WalCounters(), TimeProvider.System))
        {
            writer.Begin();
            writer.Add(record.Record);
            var samples = new Wal.RecordBuffer();
            samples.BeginSamples(1);
            samples.AddSample(900, Start + 300 * 15_000 + 3, BitConverter.DoubleToUInt64Bits(5));
            writer.Add(samples.Record);
            Assert.True(writer.TryWrite(out _));
        }
        s.Open();
        Assert.Equal(301, Samples(s.Db, 3).Count);
        Assert.Equal(before.Length, s.Read().Length);
    }

    [Fact]
    public void Reading_MappedChunks_AllocatesNothingOnceWarm()
    {
        using var s = new Scenario();
        Fill(s, 0, 400);
        s.Head.MapOutAll();
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        var times = new long[128];
        var values = new double[128];
        SampleCursor? cursor = null;
        long All()
        {
            long read = 0;
            for (int i = 0; i < set.Count; i++)
            {
                cursor = set.Open(i, cursor);
                for (int n; (n = cursor.Next(times, values)) > 0;) read += n;
            }
            return read;
        }
        for (int i = 0; i < 3; i++) All();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long read = All();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.Equal((400L * Series, 0L), (read, allocated));
        cursor!.Dispose();
    }
}
