using Microsoft.Playwright;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd;

/// <summary>The user interface in Debian's Chromium, against the built program with its default pipeline.</summary>
public sealed class BrowserTests(BrowserFixture ui) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task TypeAQuery_SeeTheGraphDrawn()
    {
        var page = await ui.OpenAsync("/query");
        await Eventually.GetAsync(() => ui.Server.NumberAsync("count_over_time(node_load1[1m])"), n => n >= 2, "two samples of the load");
        await page.GetByTestId("query-input").ClickAsync();
        await page.Keyboard.TypeAsync("node_load1");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByTestId("run-query").ClickAsync();
        var canvas = page.GetByTestId("graph").Locator("canvas").First;
        await canvas.WaitForAsync();
        // Something besides the background has been drawn.
        await page.WaitForFunctionAsync("""
            () => {
              const canvas = document.querySelector('[data-testid=graph] canvas');
              if (!canvas || canvas.width === 0) return false;
              const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              const colours = new Set();
              for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 0) colours.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
              return colours.size > 3;
            }
            """);
    }

    [Fact]
    public async Task Alerts_ShowTheWatchdogFiring()
    {
        var page = await ui.OpenAsync("/alerts");
        await Assertions.Expect(page.GetByTestId("alerts-list")).ToContainTextAsync("Watchdog", new() { Timeout = 30_000 });
        await Assertions.Expect(page.GetByTestId("alerts-list")).ToContainTextAsync("firing", new() { Timeout = 30_000, IgnoreCase = true });
    }

    [Fact]
    public async Task Pipeline_EdgesMove()
    {
        var page = await ui.OpenAsync("/pipeline");
        var edges = page.GetByTestId("pipeline-edge");
        await edges.First.WaitForAsync();
        string before = string.Join('|', await edges.AllInnerTextsAsync());
        await page.WaitForFunctionAsync("before => [...document.querySelectorAll('[data-testid=pipeline-edge]')].map(e => e.textContent).join('|') !== before", before, new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task Theme_TogglesWithTheKeyboardAlone()
    {
        var page = await ui.OpenAsync("/query");
        var toggle = page.GetByTestId("theme-toggle");
        await toggle.FocusAsync();
        var schemes = new HashSet<string?> { await page.Locator("html").GetAttributeAsync("data-mantine-color-scheme") };
        for (int i = 0; i < 2; i++)
        {
            string before = await toggle.GetAttributeAsync("data-scheme") ?? "";
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(toggle).Not.ToHaveAttributeAsync("data-scheme", before);
            schemes.Add(await page.Locator("html").GetAttributeAsync("data-mantine-color-scheme"));
        }
        Assert.Equal(["dark", "light"], schemes.Order());
    }
}
