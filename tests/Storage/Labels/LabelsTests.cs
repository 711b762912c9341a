namespace Streamline.Storage.Tests.LabelSets;

public sealed class LabelsTests
{
    [Fact]
    public void Of_AnyOrder_IsSortedAndWithoutEmptyValues()
    {
        var labels = Labels.Of(("b", "2"), ("a", "1"), ("empty", ""), ("b", "3"));
        Assert.Equal("{a=\"1\", b=\"3\"}", labels.ToString());
        Assert.Equal(2, labels.Count);
        Assert.Equal(Labels.Of(("a", "1"), ("b", "3")), labels);
        Assert.Equal(Labels.Of(("a", "1"), ("b", "3")).Hash, labels.Hash);
        Assert.Equal("", labels.Get("empty"));
        Assert.False(labels.Has("empty"u8));
    }

    [Fact]
    public void Build_ShuffledPairs_IsSorted()
    {
        const int seed = 17;
        var random = new Random(seed);
        var builder = new LabelsBuilder();
        for (int round = 0; round < 200; round++)
        {
            string[] sorted = [.. Enumerable.Range(0, random.Next(40)).Select(i => $"n{i * 7919 % 101}ü{i}").Order(StringComparer.Ordinal)], names = [.. sorted];
            random.Shuffle(names);
            builder.Clear();
            foreach (string name in names) builder.Set(name, "x");
            // One that was taken away and came again stands last.
            if (names.Length > 0 && random.Next(2) == 0) builder.Remove(System.Text.Encoding.UTF8.GetBytes(names[0])).Set(names[0], "x");
            var found = new List<string>();
            foreach (var pair in builder.Build()) found.Add(System.Text.Encoding.UTF8.GetString(pair.Name));
            Assert.True(sorted.SequenceEqual(found), $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void Build_AllocatesTheLabelSetOnly()
    {
        const int objects = 100; // headers and fields of the set and of its bytes
        var builder = new LabelsBuilder();
        foreach (string name in (string[])["c", "a", "d", "__name__", "b"]) builder.Set(name, "value of " + name);
        builder.Build();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var labels = builder.Build();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, labels.Encoded.Length, labels.Encoded.Length + objects);
    }

    [Fact]
    public void CompareTo_IsByNamesThenValuesThenLength()
    {
        Labels[] ordered =
        [
            Labels.Empty, Labels.Of(("a", "1")), Labels.Of(("a", "1"), ("b", "1")), Labels.Of(("a", "1"), ("b", "2")), Labels.Of(("a", "10")),
            Labels.Of(("a", "2")), Labels.Of(("b", "1")), Labels.Of(("b", "ü")), Labels.Of(("ü", "a")),
        ];
        for (int i = 0; i < ordered.Length; i++)
        {
            for (int k = 0; k < ordered.Length; k++) Assert.Equal(i.CompareTo(k), Math.Sign(ordered[i].CompareTo(ordered[k])));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(253)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(70_000)]
    public void FromEncoded_AnyLength_IsTheSame(int length)
    {
        var labels = Labels.Of(("name", new string('x', length)), ("z", "z"));
        Assert.Equal(labels, Labels.FromEncoded(labels.Encoded));
        Assert.Equal(length, labels.Get("name").Length);
        Assert.Equal("z", labels.Get("z"));
    }

    [Theory]
    [InlineData("01", "a name without its bytes")]
    [InlineData("0161", "no value")]
    [InlineData("01610562", "a value cut short")]
    [InlineData("FF0100", "a long length cut short")]
    [InlineData("0162013101610131", "out of order")]
    [InlineData("0161013101610132", "a name twice")]
    public void FromEncoded_Broken_FormatException(string hex, string why)
    {
        Assert.True(Record.Exception(() => Labels.FromEncoded(Convert.FromHexString(hex))) is FormatException, why);
    }

    [Fact]
    public void FromEncoded_Noise_FormatExceptionAtWorst()
    {
        var random = new Random(4);
        for (int round = 0; round < 5000; round++)
        {
            byte[] noise = new byte[random.Next(12)];
            for (int i = 0; i < noise.Length; i++) noise[i] = (byte)random.Next(random.Next(4) == 0 ? 256 : 4);
            try
            {
                Assert.Equal(noise, Labels.FromEncoded(noise).Encoded.ToArray());
            }
            catch (FormatException) { }
        }
    }

    [Fact]
    public void ToString_OddNamesAndValues_AreQuotedAsGoDoes() =>
        Assert.Equal("{a=\"x\\\"y\\\\\\n\\x01\", \"b c\"=\"ü\"}", Labels.Of(("a", "x\"y\\\n\x01"), ("b c", "ü")).ToString());

    [Fact]
    public void Builder_RemoveAndReuse_StartsOver()
    {
        var builder = new LabelsBuilder().Reset(Labels.Of(("a", "1"), ("b", "2")));
        builder.Remove("a"u8).Set("c", "3");
        Assert.Equal(Labels.Of(("b", "2"), ("c", "3")), builder.Build());
        builder.Clear();
        Assert.Same(Labels.Empty, builder.Build());
    }

    [Theory]
    [InlineData(MatchOperator.Equal, "", "", true)]
    [InlineData(MatchOperator.NotEqual, "x", "", true)]
    [InlineData(MatchOperator.NotEqual, "", "", false)]
    [InlineData(MatchOperator.Regex, "|x", "", true)]
    [InlineData(MatchOperator.NotRegex, ".+", "", true)]
    [InlineData(MatchOperator.NotRegex, "x|y", "x", false)]
    [InlineData(MatchOperator.NotRegex, "x|y", "xy", true)]
    public void Matcher_EmptyAndNegated(MatchOperator op, string value, string candidate, bool expected)
    {
        var matcher = new LabelMatcher(op, "a", value);
        Assert.Equal(expected, matcher.Matches(System.Text.Encoding.UTF8.GetBytes(candidate)));
    }

    [Fact]
    public void Matcher_ToString_IsPromql() => Assert.Equal("\"a b\"=~\"x|\\\"y\"", new LabelMatcher(MatchOperator.Regex, "a b", "x|\"y").ToString());
}
