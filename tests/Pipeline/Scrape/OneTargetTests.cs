namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>A bench and one target for each test.</summary>
public abstract class OneTargetTests : IAsyncLifetime
{
    private protected ScrapeBench Bench { get; } = new();

    private protected HttpTarget Target { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Target = await HttpTarget.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        await Target.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
