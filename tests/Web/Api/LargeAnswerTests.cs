using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Streamline.Query;
using Streamline.Storage;
using Streamline.Web.Api;

namespace Streamline.Web.Tests.Api;

/// <summary>A hundred megabytes of JSON leave in pieces, and nobody holds them.</summary>
public sealed class LargeAnswerTests
{
    private const int Series = 260, Points = 11_001;

    [Fact]
    public async Task Matrix_OfAHundredMegabytes_GoesOutInPieces()
    {
        long[] times = new long[Points];
        double[] values = new double[Points];
        for (int i = 0; i < Points; i++) (times[i], values[i]) = (1_700_000_000_123 + (i * 15_000L), i * 1234.5678901234 / 7);
        var series = new ResultSeries[Series];
        for (int i = 0; i < Series; i++) series[i] = new ResultSeries(Labels.Of(("__name__", "m"), ("i", $"{i}")), times, values);
        using var result = new QueryResult(Query.ValueType.Matrix, series, "", [], [], new QueryStats());
        await SendAsync(result, new Sink());

        var sink = new Sink();
        long before = GC.GetAllocatedBytesForCurrentThread();
        await SendAsync(result, sink);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(sink.Total > 100_000_000, $"{sink.Total} bytes only");
        // A series has 400 kB here: it is cut too.
        Assert.InRange(sink.LargestPiece, 1, 320_000);
        Assert.InRange(allocated, 0, 4_000_000);
    }

    [Fact]
    public async Task Answer_InPieces_IsWholeJson()
    {
        long[] times = [.. Enumerable.Range(0, 3000).Select(i => i * 1000L)];
        double[] values = [.. times.Select(t => t / 7.0)];
        var series = Enumerable.Range(0, 5).Select(i => new ResultSeries(Labels.Of(("i", $"{i}")), times, values)).ToArray();
        using var result = new QueryResult(Query.ValueType.Matrix, series, "", [], [], new QueryStats());
        using var kept = new MemoryStream();
        await SendAsync(result, kept);
        using var document = JsonDocument.Parse(kept.ToArray());
        var answer = document.RootElement.GetProperty("data").GetProperty("result");
        Assert.Equal(5, answer.GetArrayLength());
        Assert.All(answer.EnumerateArray(), s => Assert.Equal(3000, s.GetProperty("values").GetArrayLength()));
        Assert.Equal("w", document.RootElement.GetProperty("warnings")[0].GetString());
    }

    [Fact]
    public async Task ClientGoesAway_TheWriterStops()
    {
        var series = Enumerable.Range(0, 5000).Select(i => new ResultSeries(Labels.Of(("i", $"{i}")), new long[100], new double[100])).ToArray();
        using var result = new QueryResult(Query.ValueType.Matrix, series, "", [], [], new QueryStats());
        using var gone = new CancellationTokenSource();
        var sink = new Sink { OnWrite = gone.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(result, sink, gone.Token));
        Assert.InRange(sink.Total, 1, 300_000);
    }

    private static async Task SendAsync(QueryResult result, Stream body, CancellationToken aborted = default)
    {
        var context = new DefaultHttpContext { RequestAborted = aborted };
        context.Response.Body = body;
        await Envelope.SuccessInPiecesAsync(context, new QueryAnswer(result, result.Series.Count, false), ["w"], []);
    }

    /// <summary>Forgets what it gets, but for how much there was between two flushes.</summary>
    private sealed class Sink : Stream
    {
        private long _piece;

        public long Total { get; private set; }

        public long LargestPiece { get; private set; }

        public Action OnWrite { get; init; } = () => { };

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => _piece = 0;

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flush();
            return Task.CompletedTask;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Total += buffer.Length;
            _piece += buffer.Length;
            LargestPiece = Math.Max(LargestPiece, _piece);
            OnWrite();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return default;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
