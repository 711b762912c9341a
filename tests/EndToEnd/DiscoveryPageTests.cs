using Microsoft.Playwright;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd;

/// <summary>The Service discovery page with a job that keeps, changes and drops targets.</summary>
public sealed class DiscoveryPageTests(BrowserFixture ui) : IClassFixture<BrowserFixture>
{
    private const string Config = """
        global: {scrape_interval: 1h}
        scrape_configs:
          - job_name: web
            static_configs: [{targets: ["127.0.0.1:1", "127.0.0.2:1"], labels: {env: prod}}]
            relabel_configs:
              - {source_labels: [env], target_label: stage}
              - {regex: env, action: labeldrop}
              - {source_labels: [__address__], regex: "127.0.0.2:.*", action: drop}
          - job_name: none
            openstack_sd_configs: [{region: r, role: instance}]
        """;

    [Fact]
    public async Task Rules_AreSteppedThroughWithTheKeyboardAlone()
    {
        using var folder = new TemporaryFolder();
        string config = Path.Combine(folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(config, Config, TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(config, Path.Combine(folder.Path, "data"));
        var page = await ui.OpenAtAsync(() => new Uri(server.Url, "/service-discovery"));
        await Assertions.Expect(page.GetByTestId("discovered-row")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByText("openstack_sd_configs is not built yet")).ToBeVisibleAsync();

        // The target that is kept: its first rule, then by arrows to the second.
        await page.Locator("[data-state=active]").GetByRole(AriaRole.Button, new() { Name = "rule by rule" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var step = page.GetByTestId("relabel-step");
        await Assertions.Expect(step).ToContainTextAsync("stage");
        await page.Locator("ol button").First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(step.Locator("li[data-kind=removed]")).ToContainTextAsync("env");
        await Assertions.Expect(page.Locator("ol button:focus")).ToContainTextAsync("labeldrop");
        await page.Keyboard.PressAsync("End");
        await Assertions.Expect(page.Locator("[aria-current=step]")).ToContainTextAsync("keeps the target");

        // The target that is dropped opens at the rule that drops it; the address carries the filter.
        await page.GotoAsync(new Uri(server.Url, "/service-discovery?state=dropped").ToString());
        await Assertions.Expect(page.GetByTestId("discovered-row")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "rule by rule" }).ClickAsync();
        await Assertions.Expect(page.Locator("[aria-current=step]")).ToContainTextAsync("drops the target");
    }
}
