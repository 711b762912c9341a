using System.Net.Http.Headers;
using Streamline.EndToEnd.Running;
using Streamline.Pipeline.Tests.Exposition;

namespace Streamline.EndToEnd.Senders;

/// <summary>The same samples written to Debian's Prometheus (2.42) and to the built program: what both say on <c>/federate</c> is the same to the byte, in text and in protobuf.</summary>
public sealed class FederationTests
{
    private const string Program = "/usr/bin/prometheus";
    private const string Config = "global: {external_labels: {zone: z, replica: r1}}\n";

    [Fact]
    public async Task Federate_SaysWhatPrometheusSays_ToTheByte()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's prometheus is not installed");
        using var folder = new TemporaryFolder();
        string theirs = Ports.FreeAddress();
        await using var prometheus = ClientProcess.Start(Program, "--config.file=" + folder.File("prometheus.yml", Config), "--storage.tsdb.path=" + Path.Combine(folder.Path, "theirs"), "--web.listen-address=" + theirs, "--web.enable-remote-write-receiver", "--enable-feature=native-histograms");
        await using var server = await ServerProcess.StartAsync(folder.File("p.yml", Config), Path.Combine(folder.Path, "ours"), "--web.enable-remote-write-receiver");
        using var http = new HttpClient();
        var peer = new Uri($"http://{theirs}/");
        await Eventually.GetAsync(() => IsReadyAsync(http, peer), ready => ready, "Prometheus");
        byte[] request = IronSnappy.Snappy.Encode(Request(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).Bytes);
        foreach (var url in (Uri[])[peer, server.Url])
        {
            using var content = new ByteArrayContent(request);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            content.Headers.ContentEncoding.Add("snappy");
            using var reply = await http.PostAsync(new Uri(url, "/api/v1/write"), content, TestContext.Current.CancellationToken);
            Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        foreach (string accept in (string[])["text/plain;version=0.0.4", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"])
        {
            foreach (string query in (string[])["match[]={__name__=~\".%2B\"}", "match[]=plain&match[]={job=\"b\"}", "match[]=nothing", ""])
            {
                byte[] expected = await FederateAsync(http, peer, accept, query), found = await FederateAsync(http, server.Url, accept, query);
                Assert.True(expected.AsSpan().SequenceEqual(found), $"{accept} {query}:\n{Shown(expected)}\n{Shown(found)}");
                Assert.Equal(found.Length > 0 && accept.StartsWith("application", StringComparison.Ordinal), Shown(found).Contains("native", StringComparison.Ordinal));
                Assert.Equal(query.Contains("__name__", StringComparison.Ordinal) || query.Contains("plain", StringComparison.Ordinal), found.Length > 0);
            }
        }
    }

    private static Proto Request(long nowMs) => new Proto()
        .Message(1, Series("plain", ("job", "a")).Message(2, Sample(1, nowMs - 60_000)).Message(2, Sample(2.5, nowMs - 30_000)))
        .Message(1, Series("plain", ("instance", "i"), ("job", "b")).Message(2, Sample(1e21, nowMs - 1_000)))
        .Message(1, Series("plain", ("job", "c"), ("zone", "own")).Message(2, Sample(double.NegativeInfinity, nowMs - 1_000)))
        .Message(1, Series("ended", ("job", "a")).Message(2, Sample(1, nowMs - 2_000)).Message(2, Sample(BitConverter.Int64BitsToDouble(0x7ff0000000000002), nowMs - 1_000)))
        .Message(1, Series("old", ("job", "a")).Message(2, Sample(1, nowMs - 400_000)))
        .Message(1, Series("odd:name", ("text", "a\\b\"c\nd\u00e9")).Message(2, Sample(double.NaN, nowMs - 1_000)))
        .Message(1, Series("tiny", ("job", "b")).Message(2, Sample(0.000012345, nowMs - 1_000)))
        .Message(1, Series("mixed", ("job", "a")).Message(2, Sample(7, nowMs - 1_000)))
        .Message(1, Series("mixed", ("job", "b")).Message(4, Histogram(0, nowMs)))
        .Message(1, Series("native", ("job", "a")).Message(4, Histogram(0, nowMs)))
        .Message(1, Series("native", ("job", "b")).Message(4, Histogram(3, nowMs)));

    private static Proto Series(string name, params (string Name, string Value)[] labels)
    {
        var series = new Proto();
        foreach (var (label, value) in (ReadOnlySpan<(string, string)>)[("__name__", name), .. labels]) series.Message(1, new Proto().Text(1, label).Text(2, value));
        return series;
    }

    private static Proto Sample(double value, long timestampMs) => new Proto().Double(1, value).Number(2, (ulong)timestampMs);

    // Of remote write 1.0: integer counts as deltas; the hint 3 says gauge.
    private static Proto Histogram(ulong hint, long nowMs) => new Proto().Number(1, 12).Double(3, 18.5).Signed(4, 1).Double(5, 0.001).Number(6, 2)
        .Message(8, Proto.Span(-2, 1)).Deltas(9, 3).Message(11, Proto.Span(-1, 2)).Message(11, Proto.Span(2, 1)).Deltas(12, 1, 1, 2)
        .Number(14, hint).Number(15, (ulong)(nowMs - 1_000));

    private static async Task<byte[]> FederateAsync(HttpClient http, Uri url, string accept, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/federate?" + query));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        byte[] body = await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode, Shown(body));
        return body;
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri url)
    {
        try
        {
            using var reply = await http.GetAsync(new Uri(url, "/-/ready"));
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Shown(byte[] body) => string.Concat(body.Select(b => b is >= 32 and < 127 or (byte)'\n' ? ((char)b).ToString() : $"[{b:x2}]"));
}
