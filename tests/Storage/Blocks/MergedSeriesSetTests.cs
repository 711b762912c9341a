using Streamline.Storage.Blocks;
using Streamline.Tests.Shared;

namespace Streamline.Storage.Tests.Blocks;

public sealed class MergedSeriesSetTests
{
    [Fact]
    public void Of_GeneratedTables_AgreesWithADictionary()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            var expected = new SortedDictionary<Labels, SortedDictionary<long, double>>();
            var sets = new List<SeriesSet>();
            for (int source = 0; source < random.Next(1, 5); source++)
            {
                var table = Table(random, source, expected);
                sets.Add(table.Select([], TimeRange.All, SelectHints.None));
            }
            using var merged = MergedSeriesSet.Of(sets);
            Assert.Equal(expected.Keys, Enumerable.Range(0, merged.Count).Select(merged.LabelsAt));
            SampleCursor? cursor = null;
            for (int i = 0; i < merged.Count; i++)
            {
                cursor = merged.Open(i, cursor);
                Assert.Equal(expected[merged.LabelsAt(i)].Select(s => (s.Key, s.Value)), BlockFixture.Read(cursor, random.Next(1, 300)));
            }
        }
    }

    [Fact]
    public void TwoSourcesThatDisagree_TakeTurnsAsPrometheusDoes()
    {
        var random = new Random(6);
        var labels = Labels.Of(("a", "b"));
        for (int round = 0; round < 300; round++)
        {
            var sources = new SortedDictionary<long, double>[2];
            var sets = new List<SeriesSet>();
            for (int source = 0; source < 2; source++)
            {
                var table = new MemoryTable();
                sources[source] = [];
                for (int i = random.Next(1, 200); i > 0; i--) sources[source][random.Next(round)] = source;
                foreach (var (time, value) in sources[source]) table.Add(labels, time, value);
                sets.Add(table.Select([], TimeRange.All, SelectHints.None));
            }
            using var merged = MergedSeriesSet.Of(sets);
            using var cursor = merged.Open(0);
            Assert.Equal(Chained([.. sources[0].Keys], [.. sources[1].Keys]), BlockFixture.Read(cursor, random.Next(1, 300)).Select(s => (s.Item1, (int)s.Item2)));
        }
    }

    /// <summary>
    /// What storage/merge.go does with two sources, step by step: the present one goes on while it is the earlier one; at equal times the other takes over,
    /// and samples of a time given already are passed over.
    /// </summary>
    private static List<(long, int)> Chained(long[] first, long[] second)
    {
        long[][] sources = [first, second];
        int[] next = [-1, 0];
        int present = 0;
        long last = long.MinValue;
        var given = new List<(long, int)>();
        while (true)
        {
            next[present]++;
            int other = 1 - present;
            bool ended = next[present] == sources[present].Length, otherEnded = next[other] == sources[other].Length;
            if (ended && otherEnded) return given;
            if (!ended && sources[present][next[present]] == last) continue;
            if (ended || (!otherEnded && sources[present][next[present]] >= sources[other][next[other]]))
            {
                present = other;
                if (sources[present][next[present]] == last) continue;
            }
            last = sources[present][next[present]];
            given.Add((last, present));
        }
    }

    [Fact]
    public void Of_Nothing_IsEmpty()
    {
        using var merged = MergedSeriesSet.Of([]);
        Assert.Equal(0, merged.Count);
    }

    [Fact]
    public void Next_OverlappingSources_AllocatesNothing()
    {
        var first = new MemoryTable();
        var second = new MemoryTable();
        for (int i = 0; i < 1000; i++)
        {
            (i % 7 < 4 ? first : second).Add(Labels.Of(("a", "b")), i, i);
            if (i % 3 == 0) second.Add(Labels.Of(("a", "b")), i, -1);
        }
        using var merged = MergedSeriesSet.Of([first.Select([], TimeRange.All, SelectHints.None), second.Select([], TimeRange.All, SelectHints.None)]);
        long[] timestamps = new long[100];
        double[] values = new double[100];
        var cursor = merged.Open(0);
        Assert.Equal(100, cursor.Next(timestamps, values));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int total = 100, read;
        while ((read = cursor.Next(timestamps, values)) > 0) total += read;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000, total);
    }

    private static MemoryTable Table(Random random, int source, SortedDictionary<Labels, SortedDictionary<long, double>> expected)
    {
        var table = new MemoryTable();
        for (int series = 0; series < 4; series++)
        {
            var labels = Labels.Of(("s", series.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            if (random.Next(3) == 0) continue;
            if (!expected.TryGetValue(labels, out var samples)) expected[labels] = samples = [];
            long time = random.Next(2) == 0 ? source * 500 : random.Next(400);
            for (int i = random.Next(1, 400); i > 0; i--)
            {
                time += random.Next(1, 4);
                table.Add(labels, time, time * 3);
                samples.TryAdd(time, time * 3);
            }
        }
        return table;
    }
}
