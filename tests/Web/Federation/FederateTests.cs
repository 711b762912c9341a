using System.Net;
using System.Text.RegularExpressions;
using Streamline.Web.Tests.Api;

namespace Streamline.Web.Tests.Federation;

/// <summary><c>/federate</c> through the server: what it selects, how it says it.</summary>
public sealed partial class FederateTests(FederateTests.Fixture server) : IClassFixture<FederateTests.Fixture>
{
    public sealed class Fixture : ApiFixture
    {
        protected override string Text => Config.Replace("global: {", "global: {external_labels: {zone: z, host: h}, ", StringComparison.Ordinal);

        protected override string FirstBody =>
            "requests{code=\"200\"} 10\nrequests{code=\"500\",zone=\"own\"} 1e7\n{\"my.metric\",\"la.bel\"=\"x\"} NaN\nspecial{text=\"a\\\\b\\\"c\\n\"} -Inf\nhidden 1\n";
    }

    [Fact]
    public async Task Samples_AreSaidByName_WithExternalLabelsWhereThereAreNone()
    {
        using var reply = await server.SendAsync(HttpMethod.Get, "/federate?match[]=requests&match[]={__name__=~\"my.*|special|requests\"}");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8; escaping=underscores", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            """
            # TYPE my_metric untyped
            my_metric{job="test",la_bel="x",host="h",instance="",zone="z"} NaN
            # TYPE requests untyped
            requests{code="200",job="test",host="h",instance="",zone="z"} 10
            requests{code="500",job="test",zone="own",host="h",instance=""} 1e+07
            # TYPE special untyped
            special{job="test",text="a\\b\"c\n",host="h",instance="",zone="z"} -Inf

            """, WithoutTimes(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("allow-utf-8", "# TYPE \"my.metric\" untyped", "{\"my.metric\",job=\"test\",\"la.bel\"=\"x\",host=\"h\",instance=\"\",zone=\"z\"} NaN")]
    [InlineData("values", "# TYPE U__my_2e_metric untyped", "U__my_2e_metric{job=\"test\",U__la_2e_bel=\"x\",host=\"h\",instance=\"\",zone=\"z\"} NaN")]
    [InlineData("dots", "# TYPE my_dot_metric untyped", "my_dot_metric{job=\"test\",la_dot_bel=\"x\",host=\"h\",instance=\"\",zone=\"z\"} NaN")]
    [InlineData("nonsense", "# TYPE my_metric untyped", "my_metric{job=\"test\",la_bel=\"x\",host=\"h\",instance=\"\",zone=\"z\"} NaN")]
    public async Task Names_AreEscapedAsAsked(string escaping, params string[] lines)
    {
        using var reply = await server.SendAsync(HttpMethod.Get, "/federate?match[]={\"my.metric\"}", change: r => r.Headers.TryAddWithoutValidation("Accept", "text/plain;version=0.0.4;escaping=" + escaping));
        Assert.Equal(string.Join('\n', lines) + "\n", WithoutTimes(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task SeriesThatEnded_AreGoneAtOnce()
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Put, HttpMethod.Delete])
        {
            using var pushed = await server.SendAsync(method, "/metrics/job/short", "short 1\n");
            Assert.True(pushed.IsSuccessStatusCode);
            using var reply = await server.SendAsync(HttpMethod.Get, "/federate?match[]=short");
            Assert.Equal(method == HttpMethod.Put, (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("short{", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData("?match[]=nothing_of_this_name", HttpStatusCode.OK)]
    [InlineData("?match[]=a{", HttpStatusCode.BadRequest)]
    [InlineData("?match[]=sum(a)", HttpStatusCode.BadRequest)]
    public async Task Selectors_ThatTakeNothing_GiveNothing_WrongOnesAreNamed(string query, HttpStatusCode expected)
    {
        using var reply = await server.SendAsync(HttpMethod.Get, "/federate" + query);
        string text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(expected, reply.StatusCode);
        if (expected == HttpStatusCode.OK) Assert.Empty(text);
        else Assert.StartsWith("invalid parameter \"match[]\": ", text, StringComparison.Ordinal);
    }

    private static string WithoutTimes(string text) => TimesPattern().Replace(text, "");

    [GeneratedRegex(" [0-9]{13}$", RegexOptions.Multiline)]
    private static partial Regex TimesPattern();
}
