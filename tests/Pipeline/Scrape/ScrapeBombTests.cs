using System.IO.Compression;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>A small answer that unpacks without an end costs its target a failed scrape, and the process no more than the limit. Alone: it measures the whole process.</summary>
[CollectionDefinition(nameof(ScrapeBombTests), DisableParallelization = true)]
[Collection(nameof(ScrapeBombTests))]
public sealed class ScrapeBombTests : IAsyncDisposable
{
    private const int LimitBytes = 1 << 20, UnpackedBytes = 512 << 20;

    private readonly ScrapeBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task GzipBomb_StopsAtTheBodyLimit()
    {
        byte[] bomb = Pack(UnpackedBytes);
        Assert.InRange(bomb.Length, LimitBytes, UnpackedBytes / 100);
        await using var target = await HttpTarget.StartAsync();
        target.Answer = async context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(bomb, context.RequestAborted);
        };
        _bench.Start(ScrapeBench.Job(target) with { BodySizeLimit = new ByteSize(LimitBytes) });
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await _bench.TickAsync();
        long spent = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal("body size limit exceeded", _bench.Manager.Targets()[0].LastError);
        // The body's buffers while they grow, and what the server in this process needs to send.
        Assert.InRange(spent, 0, 32L * LimitBytes);
    }

    private static byte[] Pack(int bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < bytes; i += zeros.Length) gzip.Write(zeros);
        }
        return packed.ToArray();
    }
}
