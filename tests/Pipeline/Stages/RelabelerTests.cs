using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Stages;

public sealed class RelabelerTests
{
    [Theory]
    [InlineData("$1", "foo", "f(.*)", "oo")]
    [InlineData("${1}-${2}", "a-b", "(.)-(.)", "a-b")]
    [InlineData("$1x", "a", "(.)", "")]
    [InlineData("${1}x", "a", "(.)", "ax")]
    [InlineData("$$1", "a", "(.)", "$1")]
    [InlineData("${name}", "a-b", "(.)-(?P<name>.)", "b")]
    [InlineData("$2", "a-b", "(?P<n>.)-(.)", "b")]
    [InlineData("$3", "a", "(.)", "")]
    [InlineData("cost $ 5", "a", "(.)", "cost $ 5")]
    [InlineData("$1", "line\nbreak", "(.*)", "line\nbreak")]
    [InlineData("$1", "no", "n", "before")]
    [InlineData("x", "a1", "\\w\\d", "x")]
    [InlineData("x", "é", "\\w", "before")]
    [InlineData("x", "٣", "\\d", "before")]
    [InlineData("x", "a\n", "a$", "before")]
    [InlineData("x", "[", "[[]", "x")]
    [InlineData("x", "B7", "[[:upper:]][[:digit:]]", "x")]
    [InlineData("x", "a.b", "\\Qa.b\\E", "x")]
    [InlineData("x", "ABC", "(?i)abc", "x")]
    public void Replace(string replacement, string value, string regex, string expected) =>
        Assert.Equal(expected, Run(new RelabelConfig { SourceLabels = ["s"], Regex = regex, Replacement = replacement, TargetLabel = "t" }, ("s", value), ("t", "before"))!.Get("t"));

    [Theory]
    [InlineData("Keep", "a", "a|b", true)]
    [InlineData("Keep", "ab", "a|b", false)]
    [InlineData("Drop", "a", "a|b", false)]
    [InlineData("Drop", "", ".+", true)]
    public void KeepAndDrop(string action, string value, string regex, bool kept) =>
        Assert.Equal(kept, Run(new RelabelConfig { SourceLabels = ["s"], Regex = regex, Action = Enum.Parse<RelabelAction>(action) }, ("s", value), ("z", "1")) is not null);

    [Theory]
    [InlineData("KeepEqual", "same", true)]
    [InlineData("KeepEqual", "other", false)]
    [InlineData("DropEqual", "same", false)]
    [InlineData("DropEqual", "other", true)]
    public void EqualActions(string action, string value, bool kept) =>
        Assert.Equal(kept, Run(new RelabelConfig { SourceLabels = ["s"], TargetLabel = "t", Action = Enum.Parse<RelabelAction>(action) }, ("s", value), ("t", "same")) is not null);

    // The expected numbers were computed with md5sum: the last eight bytes, big endian.
    [Theory]
    [InlineData("foo", "", 1000UL, "696")]
    [InlineData("foo", "bar", 1000UL, "750")]
    public void HashMod(string a, string b, ulong modulus, string expected)
    {
        string[] sources = b.Length > 0 ? ["a", "b"] : ["a"];
        Assert.Equal(expected, Run(new RelabelConfig { SourceLabels = sources, Modulus = modulus, TargetLabel = "t", Action = RelabelAction.HashMod }, ("a", a), ("b", b))!.Get("t"));
    }

    [Fact]
    public void LabelMap_CopiesTheMatchingNames() =>
        Assert.Equal(
            Labels.Of(("__meta_x", "1"), ("__meta_y", "2"), ("x", "1"), ("y", "2")),
            Run(new RelabelConfig { Regex = "__meta_(.+)", Action = RelabelAction.LabelMap }, ("__meta_x", "1"), ("__meta_y", "2")));

    [Fact]
    public void LabelDrop_And_LabelKeep_LookAtNames()
    {
        Assert.Equal(Labels.Of(("b", "2")), Run(new RelabelConfig { Regex = "a.*", Action = RelabelAction.LabelDrop }, ("a", "1"), ("ax", "1"), ("b", "2")));
        Assert.Equal(Labels.Of(("a", "1"), ("ax", "1")), Run(new RelabelConfig { Regex = "a.*", Action = RelabelAction.LabelKeep }, ("a", "1"), ("ax", "1"), ("b", "2")));
    }

    [Fact]
    public void Lowercase_And_Uppercase()
    {
        Assert.Equal("abc", Run(new RelabelConfig { SourceLabels = ["s"], TargetLabel = "t", Action = RelabelAction.Lowercase }, ("s", "aBc"))!.Get("t"));
        Assert.Equal("ABC", Run(new RelabelConfig { SourceLabels = ["s"], TargetLabel = "t", Action = RelabelAction.Uppercase }, ("s", "aBc"))!.Get("t"));
    }

    [Fact]
    public void Replace_EmptyResult_RemovesTheLabel() =>
        Assert.Equal(Labels.Of(("s", "x")), Run(new RelabelConfig { SourceLabels = ["s"], Replacement = "", TargetLabel = "t" }, ("s", "x"), ("t", "1")));

    [Fact]
    public void Replace_TargetTemplate_NamesTheLabel() =>
        Assert.Equal("v", Run(new RelabelConfig { SourceLabels = ["s"], Regex = "(.*)=(.*)", Replacement = "$2", TargetLabel = "${1}" }, ("s", "k=v"))!.Get("k"));

    [Fact]
    public void Replace_SeveralSources_AreJoined() =>
        Assert.Equal("a@b", Run(new RelabelConfig { SourceLabels = ["x", "y"], Separator = "@", TargetLabel = "t" }, ("x", "a"), ("y", "b"))!.Get("t"));

    [Theory]
    [InlineData("(")]
    [InlineData("(?=a)")]
    [InlineData("(a)\\1")]
    [InlineData("a**")]
    [InlineData("[a")]
    [InlineData("a{1001}")]
    [InlineData("\\y")]
    public void NotRe2_IsRefused(string regex) => Assert.Throws<FormatException>(() => new Relabeler([new RelabelConfig { Regex = regex }]));

    [Fact]
    public void ManyAlternatives_Work()
    {
        string regex = string.Join('|', Enumerable.Range(0, 2_000).Select(i => $"value-{i}-(x|y)"));
        Assert.NotNull(Run(new RelabelConfig { SourceLabels = ["s"], Regex = regex, Action = RelabelAction.Keep }, ("s", "value-1999-y")));
    }

    private static Labels? Run(RelabelConfig config, params (string, string)[] labels)
    {
        var builder = new LabelsBuilder().Reset(Labels.Of(labels));
        return new Relabeler([config]).Keep(builder) ? builder.Build() : null;
    }
}
