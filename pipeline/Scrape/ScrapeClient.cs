using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Scrape;

/// <summary>The HTTP side of one job: one connection pool, one set of request headers. Thread safe.</summary>
internal sealed class ScrapeClient : IDisposable
{
    // Bound where body_size_limit sets none: an endless answer must not take the process along. Far above any exposition known.
    private const long MaxBodyBytes = 256L << 20;
    private const int FirstBytes = 16 << 10;

    private readonly ScrapeConfig _config;
    private readonly HttpBlockClient _client;
    private readonly string _accept;
    private readonly long _maxBytes;

    public ScrapeClient(ScrapeConfig config, TimeProvider time, in ScrapeFeatures features = default, string? unixSocket = null)
    {
        _config = config;
        _accept = ScrapeProtocols.Accept(config, features);
        _maxBytes = config.BodySizeLimit.Bytes > 0 ? config.BodySizeLimit.Bytes : MaxBodyBytes;
        _client = new HttpBlockClient(config.Http, time, config.EnableCompression, unixSocket);
    }

    /// <summary>Fetches one answer. The caller disposes it.</summary>
    /// <exception cref="ScrapeException">Anything that went wrong, in words for a person.</exception>
    public async Task<ScrapeBody> FetchAsync(Uri url, TimeSpan timeout, int expectedBytes, CancellationToken cancellation)
    {
        try
        {
            using var request = CreateRequest(url, timeout);
            using var response = await _client.SendAsync(request, cancellation).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new ScrapeException(string.Create(CultureInfo.InvariantCulture, $"server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}"));
            string? contentType = response.Content.Headers.TryGetValues("Content-Type", out var values) ? values.FirstOrDefault() : null;
            return await ReadAsync(response.Content, contentType, expectedBytes, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException or SocketException or UnauthorizedAccessException)
        {
            throw new ScrapeException(Describe(error), ScrapeFailure.Other, error);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage CreateRequest(Uri url, TimeSpan timeout)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", _accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", _config.EnableCompression ? "gzip" : "identity");
        request.Headers.TryAddWithoutValidation("User-Agent", "Prometheus/3.14.0");
        request.Headers.TryAddWithoutValidation("X-Prometheus-Scrape-Timeout-Seconds", timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    private async Task<ScrapeBody> ReadAsync(HttpContent content, string? contentType, int expectedBytes, CancellationToken cancellation)
    {
        var sent = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        // Not asked for and sent all the same.
        using var stream = content.Headers.ContentEncoding.Contains("gzip") ? new GZipStream(sent, CompressionMode.Decompress) : sent;
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(expectedBytes + 1, FirstBytes), _maxBytes));
        int length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length) buffer = Grow(buffer, length);
                int read = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
                if (read == 0) return new ScrapeBody(buffer, length, FormatOf(contentType, length));
                length += read;
                if (length >= _maxBytes) throw new ScrapeException("body size limit exceeded", ScrapeFailure.BodySizeLimit);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    // An answer without a byte says that there is nothing, in every format, OpenMetrics included: as in Prometheus.
    private ExpositionFormat FormatOf(string? contentType, int length) =>
        length == 0 ? ExpositionFormat.Text : ScrapeProtocols.FormatOf(contentType, _config.FallbackScrapeProtocol);

    // On failure the old buffer is still the caller's.
    private byte[] Grow(byte[] buffer, int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(length * 2L, Math.Max(_maxBytes, length + 1L)));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static string Describe(Exception error)
    {
        var inner = error;
        while (inner.InnerException is not null) inner = inner.InnerException;
        return ReferenceEquals(inner, error) || error.Message.Contains(inner.Message, StringComparison.Ordinal) ? error.Message : $"{error.Message} ({inner.Message})";
    }
}
