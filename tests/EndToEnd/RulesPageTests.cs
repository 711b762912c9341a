using Microsoft.Playwright;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd;

/// <summary>The pages of rules and alerts tell of a rule that fails.</summary>
public sealed class RulesPageTests(BrowserFixture ui) : IClassFixture<BrowserFixture>
{
    // Two series of one signature on the right side, whatever is in the database.
    private const string Config = """
        rules:
          groups:
            - name: mixed
              interval: 1s
              rules:
                - {record: one, expr: vector(1)}
                - alert: Broken
                  expr: vector(1) + on () (vector(2) or label_replace(vector(2), "a", "b", "", ""))
        """;

    [Fact]
    public async Task AFailingRule_IsNoCalmRule()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yaml", Config), Path.Combine(folder.Path, "data"));
        var page = await ui.OpenAtAsync(() => new Uri(server.Url, "/rules"));
        var rows = page.GetByTestId("rule-row");
        await Assertions.Expect(rows.Filter(new() { HasText = "one" })).ToHaveAttributeAsync("data-health", "ok", new() { Timeout = 30_000 });
        await Assertions.Expect(rows.Filter(new() { HasText = "Broken" })).ToHaveAttributeAsync("data-health", "err", new() { Timeout = 30_000 });
        await Assertions.Expect(page.GetByText("found duplicate series for the match group")).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(server.Url, "/alerts").ToString());
        var list = page.GetByTestId("alerts-list");
        await Assertions.Expect(list).ToContainTextAsync("fails");
        await Assertions.Expect(list).ToContainTextAsync("The last evaluation failed");
        await Assertions.Expect(list).Not.ToContainTextAsync("inactive");
    }

    [Theory]
    [InlineData("/config", "Configuration")]
    [InlineData("/classic/flags", "Flags")]
    [InlineData("/#/tsdb-status", "Storage")]
    public async Task AddressesOfPrometheus_AreAnswered(string path, string tab)
    {
        var page = await ui.OpenAsync(path);
        await Assertions.Expect(page.GetByRole(AriaRole.Tab, new() { Name = tab, Selected = true })).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }
}
