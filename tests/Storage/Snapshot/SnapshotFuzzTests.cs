using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Snapshot;
using static Streamline.Storage.Tests.Histograms.HistogramSamples;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Snapshot;

/// <summary>Snapshots whose checksums are right and whose content is not: the start takes the log, or what can be taken, and never dies of it.</summary>
public sealed class SnapshotFuzzTests
{
    private const long MostBytes = 256 << 20;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_SEED"), out int given) ? given : 20261130;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_ROUNDS"), out int given) ? given : 200;

    [Fact]
    public void AnyContent_IsTakenOrPutAside()
    {
        var random = new Random(Seed);
        using var s = new Scenario(o => o with { MaxExemplars = 20, OutOfOrderWindowMs = Hour });
        Fill(s);
        s.Db.Dispose();
        string path = Path.Combine(s.Options.Path, "streamline", "head.snapshot");
        byte[] whole = File.ReadAllBytes(path);
        var frames = FramesOf(whole);
        Assert.True(frames.Count > 6);
        int used = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var changed = frames.ToList();
            int at = random.Next(frames.Count);
            changed[at] = Mutate(frames[at], random);
            if (random.Next(8) == 0) changed.RemoveAt(random.Next(changed.Count));
            File.WriteAllBytes(path, FileOf(changed));
            s.Log.Clear();
            long before = GC.GetTotalAllocatedBytes();
            try
            {
                s.Open();
                s.Read();
            }
            catch (StorageCorruptionException)
            {
                // A chunk that says something else: the query that reads it fails.
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Seed}, round {round}, frame {at}: {error}");
            }
            Assert.True(GC.GetTotalAllocatedBytes() - before < MostBytes, $"seed {Seed}, round {round}, frame {at}: too much memory");
            if (s.Log.Exists(l => l.Contains("snapshot of the head read", StringComparison.Ordinal))) used++;
            // The log of each start is another segment; what it leaves fits the next one's snapshot.
            s.Crash();
        }
        // Both ways were gone.
        Assert.InRange(used, 1, Rounds - 1);
    }

    private static void Fill(Scenario s)
    {
        for (int step = 0; step < 60; step++)
        {
            var batch = new SampleBatch("test");
            for (int i = 0; i < 5; i++) batch.Add(s.Resolve($"m,i={i}"), Scenario.Start + step * 15_000, Math.Sin(step * (i + 1)));
            batch.Add(s.Resolve("h_int"), Scenario.Start + step * 15_000, Walk(1, step + 1, integer: true, calm: true)[step].Histogram);
            batch.Add(s.Resolve("h_float"), Scenario.Start + step * 15_000, Walk(2, step + 1, integer: false, calm: true)[step].Histogram);
            batch.Add(s.Resolve("m,i=1"), new Exemplar(Series($"trace_id,n={step}"), step, Scenario.Start + step * 15_000));
            batch.Add(s.Resolve("m,i=2"), new SeriesMetadata("gauge", "seconds", "help"));
            Assert.Null(s.Db.Commit(batch).FirstError);
            batch.Release();
        }
        s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "i", "3")], new TimeRange(Scenario.Start, Scenario.Start + 60_000));
    }

    private static List<byte[]> FramesOf(byte[] file)
    {
        var frames = new List<byte[]>();
        for (int at = 0; at < file.Length;)
        {
            int bytes = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
            frames.Add(file.AsSpan(at + SnapshotFormat.FrameHeaderBytes, bytes).ToArray());
            at += SnapshotFormat.FrameHeaderBytes + bytes;
        }
        return frames;
    }

    private static byte[] FileOf(List<byte[]> frames)
    {
        var file = new MemoryStream();
        Span<byte> header = stackalloc byte[SnapshotFormat.FrameHeaderBytes];
        foreach (byte[] frame in frames)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, frame.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(int)..], Crc32C.Of(frame));
            file.Write(header);
            file.Write(frame);
        }
        return file.ToArray();
    }

    private static byte[] Mutate(byte[] frame, Random random)
    {
        byte[] changed = [.. frame];
        for (int i = random.Next(1, 4); i > 0 && changed.Length > 0; i--)
        {
            int at = random.Next(changed.Length);
            switch (random.Next(4))
            {
                case 0: changed[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: changed[at] = (byte)random.Next(256); break;
                case 2: changed.AsSpan(at, Math.Min(4, changed.Length - at)).Fill(0xFF); break;
                default: changed = changed[..at]; break;
            }
        }
        return changed;
    }
}
