using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>The HTTP client of a connection. Where a plugin gives the credentials, a new client takes the place of one whose credentials are over. Thread safe.</summary>
internal sealed class AuthorizedClient : IDisposable
{
    // Credentials are replaced before the server's clock or a slow request finds them over.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly Connection _connection;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _fetching = new(1);
    private readonly HttpBlockClient? _fixed;
    private HttpBlockClient? _current;
    private HttpBlockClient? _previous;
    private DateTimeOffset _expires;

    public AuthorizedClient(Connection connection, TimeProvider time)
    {
        (_connection, _time) = (connection, time);
        if (connection.Plugin is null) _fixed = new HttpBlockClient(connection.Http, time);
    }

    /// <summary>The client for the next request.</summary>
    /// <exception cref="InvalidDataException">The plugin gave no credentials.</exception>
    public async ValueTask<HttpBlockClient> GetAsync(CancellationToken cancellation)
    {
        if (_fixed is not null) return _fixed;
        await _fetching.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_current is not null && _time.GetUtcNow() < _expires) return _current;
            var credential = await _connection.Plugin!.RunAsync(_time, cancellation).ConfigureAwait(false);
            // Watches go on over the client that they began with; those of the one before it have ended since, or begin anew.
            _previous?.Dispose();
            (_previous, _current) = (_current, new HttpBlockClient(credential.AddTo(_connection.Http), _time));
            _expires = credential.Expires is { } end ? end - Margin : DateTimeOffset.MaxValue;
            return _current;
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>The server did not accept the credentials of a client: it is not used again.</summary>
    public async ValueTask RefusedAsync(HttpBlockClient client)
    {
        if (_fixed is not null) return;
        await _fetching.WaitAsync().ConfigureAwait(false);
        if (ReferenceEquals(client, _current)) _expires = DateTimeOffset.MinValue;
        _fetching.Release();
    }

    public void Dispose()
    {
        _fixed?.Dispose();
        _current?.Dispose();
        _previous?.Dispose();
        _fetching.Dispose();
    }
}
