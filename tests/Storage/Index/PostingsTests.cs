using Streamline.Storage.Index;

namespace Streamline.Storage.Tests.Index;

public sealed class PostingsTests
{
    [Fact]
    public void SetOperations_GeneratedLists_AgreeWithSets()
    {
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            uint[] left = Sorted(random), right = Sorted(random);
            uint[] target = new uint[left.Length + right.Length];
            Assert.Equal(left.Intersect(right).Order(), target[..Postings.Intersect<uint>(left, right, target)]);
            Assert.Equal(left.Except(right).Order(), target[..Postings.Except<uint>(left, right, target)]);
            Assert.Equal(left.Union(right).Order(), target[..Postings.Union<uint>(left, right, target)]);
            uint[] own = left.ToArray();
            Assert.Equal(left.Intersect(right).Order(), own[..Postings.Intersect<uint>(own, right, own)]);
            own = left.ToArray();
            Assert.Equal(left.Except(right).Order(), own[..Postings.Except<uint>(own, right, own)]);
        }
    }

    [Fact]
    public void Seek_EveryPlace_IsTheFirstNotBelow()
    {
        ulong[] list = [.. Enumerable.Range(0, 100).Select(i => (ulong)i * 3)];
        for (int start = 0; start <= list.Length; start++)
        {
            for (ulong item = 0; item < 305; item++)
            {
                int expected = start;
                while (expected < list.Length && list[expected] < item) expected++;
                Assert.Equal(expected, Postings.Seek<ulong>(list, start, item));
            }
        }
    }

    [Fact]
    public void MergeRuns_ManyRuns_OneSortedRunWithoutDoubles()
    {
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            using var list = new PostingsList<uint>();
            var expected = new SortedSet<uint>();
            for (int run = random.Next(12); run > 0; run--)
            {
                uint[] items = Sorted(random);
                expected.UnionWith(items);
                list.AddRun(items);
            }
            list.MergeRuns();
            Assert.Equal(expected, list.Items.ToArray());
        }
    }

    [Fact]
    public void Select_EveryKindOfMatcher_AgreesWithMatchingEachSeries()
    {
        string[] values = ["", "a", "b", "ab", "c"];
        var series = new List<Labels>();
        foreach (string x in values)
        {
            foreach (string y in values) series.Add(Labels.Of(("n", "m"), ("x", x), ("y", y)));
        }
        var source = new ListSource(series);
        string[] patterns = ["", "a", "a|b", "a|", "a.*", ".*", ".+", "z|", "z"];
        var matchers = (from name in new[] { "x", "y", "absent" } from op in Enum.GetValues<MatchOperator>() from value in patterns select new LabelMatcher(op, name, value)).ToList();
        foreach (var first in matchers)
        {
            foreach (var second in matchers)
            {
                using var result = new PostingsList<uint>();
                PostingsSelection.Select(source, [first, second], result);
                uint[] expected = [.. Enumerable.Range(0, series.Count).Where(i => Matches(series[i], first) && Matches(series[i], second)).Select(i => (uint)i)];
                Assert.True(expected.AsSpan().SequenceEqual(result.Items), $"{first}, {second}");
            }
        }
    }

    [Fact]
    public void Select_NoMatchers_Everything()
    {
        using var result = new PostingsList<uint>();
        PostingsSelection.Select(new ListSource([Labels.Of(("a", "b")), Labels.Of(("a", "c"))]), [], result);
        Assert.Equal([0u, 1u], result.Items.ToArray());
    }

    private static bool Matches(Labels labels, LabelMatcher matcher) => matcher.Matches(labels.ValueOf(matcher.NameUtf8.Span));

    private static uint[] Sorted(Random random)
    {
        int count = random.Next(3) switch { 0 => random.Next(4), 1 => random.Next(40), _ => random.Next(600) };
        return [.. Enumerable.Range(0, count).Select(_ => (uint)random.Next(700)).Distinct().Order()];
    }

    private sealed class ListSource(List<Labels> series) : IPostingsSource<uint>
    {
        public void AddAll(PostingsList<uint> target) => Add(_ => true, target);

        public void AddPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, PostingsList<uint> target)
        {
            byte[] wantedName = name.ToArray(), wantedValue = value.ToArray();
            Add(l => l.Has(wantedName) && l.ValueOf(wantedName).SequenceEqual(wantedValue), target);
        }

        public void AddValues(LabelMatcher matcher, bool wanted, PostingsList<uint> target)
        {
            byte[] name = matcher.NameUtf8.ToArray();
            foreach (byte[] value in series.Where(l => l.Has(name)).Select(l => l.ValueOf(name).ToArray()).DistinctBy(Convert.ToHexString))
            {
                if (matcher.Matches(value) == wanted) AddPair(name, value, target);
            }
        }

        private void Add(Func<Labels, bool> keep, PostingsList<uint> target)
        {
            for (int i = 0; i < series.Count; i++)
            {
                if (keep(series[i])) target.Add((uint)i);
            }
            target.EndRun();
        }
    }
}
