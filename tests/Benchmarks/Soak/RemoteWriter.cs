using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Streamline.Storage;
using Streamline.Storage.Encoding;

namespace Streamline.Benchmarks.Soak;

/// <summary>
/// Requests of one sample a series by remote write 1.0. The labels are encoded once; what is left for each request is little, since the sender shares the
/// machine with what it measures. Not thread safe.
/// </summary>
internal sealed class RemoteWriter
{
    // A sample is its tag and length, value, and time: 2 + 9 + 7 bytes, milliseconds of this century taking a varint of 6.
    private const int SampleBytes = 18;
    private const byte Series = 1 << 3 | 2, Label = 1 << 3 | 2, Sample = 2 << 3 | 2, Value = 1 << 3 | 1, Time = 2 << 3;

    private byte[][] _labels = [];
    private byte[] _message = [], _packed = [];

    /// <summary>The series that the next requests are about.</summary>
    public void Use(IEnumerable<Labels> series)
    {
        _labels = [.. series.Select(Encode)];
        _message = new byte[_labels.Sum(l => l.Length + SampleBytes + 8)];
        _packed = new byte[Snappy.MaxEncodedBytes(_message.Length)];
    }

    /// <summary>True when the server says that it has the samples; false when it says that it has not, or nothing at all.</summary>
    public async Task<bool> SendAsync(HttpClient http, long timestampMs, Func<int, double> valueOf, CancellationToken stop) =>
        await AskAsync(http, timestampMs, valueOf, stop) is { } status && (int)status < 300;

    /// <summary>What the server answers; null when it does not.</summary>
    public async Task<HttpStatusCode?> AskAsync(HttpClient http, long timestampMs, Func<int, double> valueOf, CancellationToken stop)
    {
        int packed = Snappy.Encode(_message.AsSpan(0, Fill(timestampMs, valueOf)), _packed);
        try
        {
            using var content = new ByteArrayContent(_packed, 0, packed);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            content.Headers.ContentEncoding.Add("snappy");
            using var answer = await http.PostAsync("api/v1/write", content, stop);
            return answer.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private int Fill(long timestampMs, Func<int, double> valueOf)
    {
        int at = 0;
        for (int i = 0; i < _labels.Length; i++)
        {
            _message[at++] = Series;
            at += Varint.Write(_message.AsSpan(at), (ulong)(_labels[i].Length + SampleBytes));
            _labels[i].CopyTo(_message, at);
            at += _labels[i].Length;
            _message[at++] = Sample;
            _message[at++] = SampleBytes - 2;
            _message[at++] = Value;
            BinaryPrimitives.WriteDoubleLittleEndian(_message.AsSpan(at), valueOf(i));
            at += sizeof(double);
            _message[at++] = Time;
            at += Varint.Write(_message.AsSpan(at), (ulong)timestampMs);
        }
        return at;
    }

    private static byte[] Encode(Labels labels)
    {
        var bytes = new List<byte>();
        foreach (var pair in labels)
        {
            byte[] both = [.. Field(1, pair.Name), .. Field(2, pair.Value)];
            bytes.AddRange([Label, .. Number(both.Length), .. both]);
        }
        return [.. bytes];
    }

    private static byte[] Field(int field, ReadOnlySpan<byte> text) => [(byte)(field << 3 | 2), .. Number(text.Length), .. text];

    private static byte[] Number(int number)
    {
        byte[] bytes = new byte[Varint.MaxBytes];
        return bytes[..Varint.Write(bytes, (ulong)number)];
    }
}
