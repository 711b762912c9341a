using System.CommandLine;
using Streamline.Web.Commands;
using Streamline.Web.Tests.Api;

namespace Streamline.Web.Tests.Commands;

/// <summary>Commands that ask a running server.</summary>
[Collection("console")]
public sealed class ServerCommandTests(ApiFixture server) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Probes_SayWhatTheServerSays()
    {
        Assert.Equal((0, "Streamline is Healthy.\n"), await RunAsync(CheckCommand.Build(), "healthy", "--url", server.Url.ToString()));
        Assert.Equal((0, "Streamline is Ready.\n"), await RunAsync(CheckCommand.Build(), "ready", "--url", server.Url.ToString()));
        var error = await Assert.ThrowsAsync<UsageException>(() => RunAsync(CheckCommand.Build(), "ready", "--url", server.Url + "elsewhere"));
        Assert.Contains("a page answers there", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("requests{code=\"200\", job=\"test\"}\nrequests{code=\"500\", job=\"test\"}\n", "series", "--match=requests")]
    [InlineData("requests{code=\"500\", job=\"test\"}\nspecial{job=\"test\"}\n", "series", "--match=requests{code='500'}", "--match", "special")]
    [InlineData("", "series", "--match=requests", "--end=1")]
    [InlineData("200\n500\n", "labels", "code")]
    [InlineData("500\n", "labels", "code", "--match", "requests{code!='200'}")]
    public async Task Query_SeriesAndLabels(string printed, string verb, params string[] arguments) =>
        Assert.Equal((0, printed), await RunAsync(QueryCommand.Build(), [verb, server.Url.ToString(), .. arguments]));

    [Fact]
    public async Task Query_BadSelector_IsTheServersError()
    {
        var error = await Assert.ThrowsAsync<UsageException>(() => RunAsync(QueryCommand.Build(), "labels", server.Url.ToString(), "code", "--match", "requests{"));
        Assert.Contains("parse error", error.Message, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Printed)> RunAsync(Command command, params string[] arguments)
    {
        var before = Console.Out;
        var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            return (await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }), printed.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }
}
