using Streamline.Storage;

namespace Streamline.Web.Tests.Api;

public sealed class ExemplarApiTests(ExemplarApiTests.Server server) : IClassFixture<ExemplarApiTests.Server>
{
    public sealed class Server : ApiFixture
    {
        protected override IReadOnlyList<string> MoreFlags => ["--enable-feature=exemplar-storage"];

        protected override string Text => "storage: {exemplars: {max_exemplars: 5}}\n" + base.Text;
    }

    [Fact]
    public async Task QueryExemplars_SelectorsOfTheQuery_PrometheusShape()
    {
        Assert.Equal(5, server.Host.Store.MaxExemplars);
        var batch = new SampleBatch("test");
        batch.Add(server.Host.Store.Resolve(Labels.Of(("__name__", "h_bucket"), ("le", "1"))), new Exemplar(Labels.Of(("trace_id", "abc")), 0.5, 1_600_096_945_479));
        batch.Add(server.Host.Store.Resolve(Labels.Of(("__name__", "c_total"))), new Exemplar(Labels.Of(("trace_id", "def")), 1e-7, 1_600_096_946_000));
        Assert.Equal(2, server.Host.Store.Commit(batch).AcceptedExemplars);
        batch.Release();
        const string first = """{"seriesLabels":{"__name__":"h_bucket","le":"1"},"exemplars":[{"labels":{"trace_id":"abc"},"value":"0.5","timestamp":1600096945.479}]}""";
        const string second = """{"seriesLabels":{"__name__":"c_total"},"exemplars":[{"labels":{"trace_id":"def"},"value":"1e-7","timestamp":1600096946}]}""";
        Assert.Equal($"[{first}]", await Data("query=histogram_quantile(0.9,sum by(le)(rate(h_bucket[5m])))"));
        Assert.Equal($"[{second},{first}]", await Data("query=c_total/h_bucket&start=1600096945&end=1600096946"));
        Assert.Equal($"[{second}]", await Data("query=c_total/h_bucket&start=1600096946"));
        Assert.Equal("[]", await Data("query=1"));
        Assert.Equal(400, (await server.JsonAsync("/api/v1/query_exemplars?query=sum(")).Item1);
        Assert.Equal(400, (await server.JsonAsync("/api/v1/query_exemplars?query=up&start=2&end=1")).Item1);
    }

    private async Task<string> Data(string query)
    {
        var (status, answer) = await server.JsonAsync("/api/v1/query_exemplars?" + query);
        Assert.Equal(200, status);
        return answer.GetProperty("data").GetRawText();
    }
}
