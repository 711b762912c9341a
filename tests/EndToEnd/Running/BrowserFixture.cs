using Microsoft.Playwright;

namespace Streamline.EndToEnd.Running;

/// <summary>One built program with the default pipeline and one Chromium for all tests of the interface.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal ServerProcess Server => _server!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium)) return;
        _server = await ServerProcess.StartAsync(Path.Combine(ProjectFolder.Root, "pipeline.yaml"), Path.Combine(_folder.Path, "data"));
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    public Task<IPage> OpenAsync(string path) => OpenAtAsync(() => new Uri(_server!.Url, path));

    /// <summary>The same browser at another server.</summary>
    public async Task<IPage> OpenAtAsync(Func<Uri> address)
    {
        Assert.SkipWhen(_browser is null, "Debian's chromium is not installed");
        var page = await _browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        await page.GotoAsync(address().ToString());
        return page;
    }
}
