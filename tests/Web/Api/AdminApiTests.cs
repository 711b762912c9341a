using System.Net;
using System.Text.Json;

namespace Streamline.Web.Tests.Api;

/// <summary>A server with the admin API.</summary>
public sealed class AdminFixture : ApiFixture
{
    protected override IReadOnlyList<string> MoreFlags => ["--web.enable-admin-api"];
}

public sealed class AdminApiTests(AdminFixture server) : IClassFixture<AdminFixture>
{
    private const string Base = "/api/v1/admin/tsdb/";

    [Fact]
    public async Task DeleteSeries_HidesWhatMatches()
    {
        Assert.Equal(1, await CountAsync("requests{code=\"200\"}"));
        using var reply = await server.SendAsync(HttpMethod.Post, Base + "delete_series?match[]=requests{code=\"200\"}");
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        Assert.Equal("", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await CountAsync("requests{code=\"200\"}"));
        Assert.Equal(1, await CountAsync("requests{code=\"500\"}"));
        using var clean = await server.SendAsync(HttpMethod.Put, Base + "clean_tombstones");
        Assert.Equal(HttpStatusCode.NoContent, clean.StatusCode);
        using var nothing = await server.SendAsync(HttpMethod.Post, Base + "delete_series?match[]=special&start=0&end=10");
        Assert.Equal(1, await CountAsync("special"));
    }

    [Theory]
    [InlineData("snapshot", true)]
    [InlineData("snapshot?skip_head=true", false)]
    public async Task Snapshot_NamesADirectory(string path, bool hasBlock)
    {
        using var reply = await server.SendAsync(HttpMethod.Post, Base + path);
        using var answer = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        string name = answer.RootElement.GetProperty("data").GetProperty("name").GetString()!;
        Assert.Matches("^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}$", name);
        Assert.Equal(hasBlock ? 1 : 0, Directory.GetDirectories(Path.Combine(server.DataPath, "snapshots", name)).Length);
    }

    [Theory]
    [InlineData("delete_series")]
    [InlineData("delete_series?match[]=up{")]
    [InlineData("delete_series?match[]=up&start=2&end=1")]
    [InlineData("snapshot?skip_head=maybe")]
    public async Task BadParameters_AreBadData(string path)
    {
        using var reply = await server.SendAsync(HttpMethod.Post, Base + path);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains("\"bad_data\"", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<int> CountAsync(string query)
    {
        var (_, answer) = await server.JsonAsync("/api/v1/query?query=" + Uri.EscapeDataString(query));
        return answer.GetProperty("data").GetProperty("result").GetArrayLength();
    }
}

public sealed class AdminApiDisabledTests(ApiFixture server) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("delete_series?match[]=up")]
    [InlineData("clean_tombstones")]
    [InlineData("snapshot")]
    public async Task WithoutTheFlag_IsUnavailable(string path)
    {
        using var reply = await server.SendAsync(HttpMethod.Post, "/api/v1/admin/tsdb/" + path);
        string answer = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("""{"status":"error","errorType":"unavailable","error":"admin APIs disabled"}""", answer);
    }
}
