using System.Text.Json;

namespace Streamline.Web.Tests.Api;

/// <summary><c>/api/v1/targets/relabel_steps</c> (reference H16), and what the API says of a job whose discovery is not built.</summary>
public sealed class RelabelStepsTests(RelabelStepsTests.Fixture server) : IClassFixture<RelabelStepsTests.Fixture>
{
    public sealed class Fixture : ApiFixture
    {
        protected override string Text => Config + """

            scrape_configs:
              - job_name: steps
                static_configs: [{targets: ["127.0.0.1:1"]}]
                relabel_configs:
                  - {source_labels: [a, b], separator: "-", target_label: joined}
                  - {source_labels: [joined], modulus: 4, target_label: shard, action: hashmod}
                  - {source_labels: [a], regex: "x|y", action: Keep}
                  - {regex: b, action: labeldrop}
              - job_name: plain
                static_configs: [{targets: ["127.0.0.1:1"]}]
              - job_name: unbuilt
                static_configs: [{targets: ["127.0.0.1:1"]}]
                openstack_sd_configs: [{region: r, role: instance}]
            """;
    }

    [Fact]
    public async Task EachRule_WithWhatItLeaves()
    {
        var (status, steps) = await StepsAsync("steps", """{"a": "x", "b": "2", "__address__": "h:1"}""");
        Assert.Equal(200, status);
        Assert.Equal("""[{"rule":{"source_labels":["a","b"],"separator":"-","regex":"(.*)","target_label":"joined","replacement":"$1","action":"replace"},"output":{"__address__":"h:1","a":"x","b":"2","joined":"x-2"},"keep":true}""", steps.GetRawText().Split(",{\"rule\"")[0]);
        Assert.Equal(["replace", "hashmod", "keep", "labeldrop"], steps.EnumerateArray().Select(s => s.GetProperty("rule").GetProperty("action").GetString()));
        Assert.Equal(4, steps[1].GetProperty("rule").GetProperty("modulus").GetInt32());
        Assert.Equal(["__address__", "a", "joined", "shard"], steps[3].GetProperty("output").EnumerateObject().Select(l => l.Name));
    }

    [Fact]
    public async Task FromTheRuleThatDrops_NothingIsLeft()
    {
        var (_, steps) = await StepsAsync("steps", """{"a": "z"}""");
        Assert.Equal([(true, 2), (true, 3), (false, 0), (false, 0)], steps.EnumerateArray().Select(s => (s.GetProperty("keep").GetBoolean(), s.GetProperty("output").EnumerateObject().Count())));
    }

    [Fact]
    public async Task JobWithoutRules_HasNoSteps() => Assert.Equal(0, (await StepsAsync("plain", "{}")).Steps.GetArrayLength());

    [Theory]
    [InlineData("", "no scrapePool parameter provided")]
    [InlineData("?scrapePool=steps", "no labels parameter provided")]
    [InlineData("?scrapePool=nobody&labels={}", "error retrieving scrape config: scrape pool \"nobody\" not found")]
    [InlineData("?scrapePool=steps&labels=[1]", "error parsing labels: ")]
    [InlineData("?scrapePool=steps&labels={\"a\":1}", "error parsing labels: ")]
    public async Task WrongQuestion_IsBadData(string query, string error)
    {
        var (status, answer) = await server.JsonAsync("/api/v1/targets/relabel_steps" + query);
        Assert.Equal((400, "bad_data"), (status, answer.GetProperty("errorType").GetString()));
        Assert.StartsWith(error, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MechanismThatIsNotBuilt_IsToldWithTheTargets()
    {
        var (_, answer) = await server.JsonAsync("/api/v1/targets");
        Assert.Equal("""{"unbuilt":"openstack_sd_configs is not built yet: the job has no targets from it"}""", answer.GetProperty("data").GetProperty("poolErrors").GetRawText());
    }

    private async Task<(int Status, JsonElement Steps)> StepsAsync(string pool, string labels)
    {
        var (status, answer) = await server.JsonAsync($"/api/v1/targets/relabel_steps?scrapePool={pool}&labels={Uri.EscapeDataString(labels)}");
        return (status, answer.GetProperty("data").GetProperty("steps"));
    }
}
