using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Head;

public sealed class SeriesOrderTests
{
    private static Labels[] Selected(Scenario s, params LabelMatcher[] matchers)
    {
        using var set = s.Db.Select(matchers, TimeRange.All, SelectHints.None);
        return [.. Enumerable.Range(0, set.Count).Select(set.LabelsAt)];
    }

    /// <summary>Series come and go, slots change their tenants; every selection is sorted, however it was done.</summary>
    [Fact]
    public void Selections_AreSorted_WhileSeriesComeAndGo()
    {
        using var s = new Scenario();
        var random = new Random(23);
        for (int hour = 0; hour < 12; hour++)
        {
            long time = Start + hour * Hour;
            var samples = new List<(string, long, double)>();
            for (int i = 0; i < 1500; i++) samples.Add(($"m{random.Next(3)},i={random.Next(900)},h={hour / 2 + random.Next(3)}", time + i, i));
            s.Commit([.. samples]);
            for (int k = 0; k < 4; k++)
            {
                var all = Selected(s);
                Assert.Equal(all.Order(), all);
                Assert.Equal(all.Length, all.Distinct().Count());
                var some = Selected(s, new LabelMatcher(MatchOperator.Equal, "__name__", "m1"));
                Assert.Equal(all.Where(l => l.Get("__name__") == "m1"), some);
            }
            s.Db.Maintain();
        }
        Assert.True(s.Head.Counters.SeriesRemoved.Value > 1000);
    }

    [Theory]
    [InlineData("a=b", "a=c")]
    [InlineData("a=b", "a=ba")]
    [InlineData("a=b", "a=b,c=d")]
    [InlineData("a=zz", "aa=b")]
    [InlineData("a=", "a=b")]
    [InlineData("a=b,c=d", "a=bb")]
    [InlineData("a=\u00e9", "a=\u4e00")]
    public void Compare_GoesByNameThenValueThenLength(string less, string more)
    {
        Assert.True(Series(less).CompareTo(Series(more)) < 0);
        Assert.True(Series(more).CompareTo(Series(less)) > 0);
        Assert.Equal(0, Series(less).CompareTo(Series(less)));
    }

    [Fact]
    public void Compare_GeneratedLabels_AgreesWithPairByPair()
    {
        var random = new Random(29);
        var labels = Enumerable.Range(0, 400).Select(_ => Generate(random)).ToArray();
        foreach (var left in labels)
        {
            foreach (var right in labels) Assert.Equal(Math.Sign(Naive(left, right)), Math.Sign(left.CompareTo(right)));
        }
    }

    // Lengths about 255, where the form of a length changes, and few letters, so that much is equal.
    private static Labels Generate(Random random)
    {
        var builder = new LabelsBuilder();
        for (int i = random.Next(4); i >= 0; i--) builder.Set(Text(random, random.Next(1, 3)), Text(random, random.Next(3) == 0 ? random.Next(252, 260) : random.Next(1, 4)));
        return builder.Build();
    }

    private static string Text(Random random, int length) => new string('a', length - 1) + (char)('a' + random.Next(3));

    private static int Naive(Labels left, Labels right)
    {
        var (one, other) = (left.ToPairs().ToList(), right.ToPairs().ToList());
        for (int i = 0; i < Math.Min(one.Count, other.Count); i++)
        {
            int order = string.CompareOrdinal(one[i].Key, other[i].Key);
            if (order == 0) order = string.CompareOrdinal(one[i].Value, other[i].Value);
            if (order != 0) return order;
        }
        return one.Count - other.Count;
    }
}
