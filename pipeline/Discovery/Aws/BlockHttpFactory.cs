using Amazon.Runtime;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Discovery.Aws;

/// <summary>Lets AWS's clients speak through the HTTP client block of the configuration: its proxy, TLS and headers.</summary>
internal sealed class BlockHttpFactory : HttpClientFactory, IDisposable
{
    private readonly HttpBlockClient _block;
    private readonly HttpClient _client;

    public BlockHttpFactory(HttpClientConfig config, TimeProvider time)
    {
        _block = new HttpBlockClient(config, time);
        _client = new HttpClient(new Handler(_block));
    }

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose()
    {
        _client.Dispose();
        _block.Dispose();
    }

    private sealed class Handler(HttpBlockClient block) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => block.SendAsync(request, cancellationToken);
    }
}
