using Streamline.Web.Commands;

namespace Streamline.Web.Tests.Commands;

/// <summary>Warnings of <c>--enable-feature</c>.</summary>
public sealed class FeatureNamesTests
{
    [Theory]
    [InlineData("exemplar-storage", null)]
    [InlineData("extra-scrape-metrics", null)]
    [InlineData("st-storage", "\"st-storage\" is accepted but has no effect yet: the head has no place for start timestamps beside samples; created-timestamp-zero-ingestion writes them as samples of 0")]
    [InlineData("search-api", "\"search-api\" is accepted but has no effect yet: there is no search API")]
    [InlineData("agent", "\"agent\" has no effect: agent mode is the flag --agent")]
    [InlineData("utf8-names", "\"utf8-names\" has no effect: it is not needed here")]
    [InlineData("exemplar_storage", "there is no feature \"exemplar_storage\" (did you mean \"exemplar-storage\"?)")]
    [InlineData("teleport", "there is no feature \"teleport\"")]
    public void AName_ThatDoesNothing_IsTold(string name, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], FeatureNames.Warnings([name, name]));
}
