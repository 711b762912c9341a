using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;
using static Streamline.Pipeline.Tests.Exposition.Proto;

namespace Streamline.Pipeline.Tests.Exposition;

public sealed class ProtobufTests
{
    private static readonly ExpositionOptions Native = new() { NativeHistograms = true, Exemplars = true, StartTimes = true };

    // Both kinds in one message: two classic buckets, and native ones of schema 3.
    private static Proto Both() => new Proto().Number(1, 6).Double(2, 12.5)
        .Message(3, Bucket(1, 2)).Message(3, Bucket(5, 5))
        .Signed(5, 3).Double(6, 0.001).Number(7, 1).Message(12, Span(-1, 2)).Message(12, Span(1, 1)).Deltas(13, 2, -1, 1).Message(9, Span(0, 1)).Deltas(10, 0);

    [Fact]
    public void SimpleTypes_AreRead()
    {
        var lines = Parsed.Messages(
            default,
            Family("c_total", 0, Counter(5, "a=1", "b=x y")),
            Family("g", 1, Gauge(-1.5), Metric(2, new Proto().Double(1, double.NaN), "n=1").Number(6, 1234)).Text(5, "bytes"),
            Family("u", 3, Metric(5, new Proto().Double(1, 3))),
            Family("nothing", 0));
        Assert.Equal(
            ["type c_total counter", "{__name__=\"c_total\", a=\"1\", b=\"x y\"} 5", "type g gauge", "{__name__=\"g\"} -1.5", "{__name__=\"g\", n=\"1\"} NaN @1234", "type u unknown", "{__name__=\"u\"} 3"],
            lines);
    }

    [Fact]
    public void SummaryAndClassicHistogram_AreSpreadOut()
    {
        var summary = new Proto().Number(1, 4).Double(2, 10).Message(3, new Proto().Double(1, 0.5).Double(2, 2)).Message(3, new Proto().Double(1, 1).Double(2, 9));
        var classic = new Proto().Number(1, 6).Double(2, 12.5).Message(3, Bucket(1, 2)).Message(3, Bucket(5, 5));
        var whole = new Proto().Double(4, 2.5).Message(3, Bucket(double.PositiveInfinity, 2));
        Assert.Equal(
            ["{__name__=\"s_count\"} 4", "{__name__=\"s_sum\"} 10", "{__name__=\"s\", quantile=\"0.5\"} 2", "{__name__=\"s\", quantile=\"1.0\"} 9"],
            Parsed.Messages(default, Family("s", 2, Metric(4, summary)))[1..]);
        Assert.Equal(
            ["{__name__=\"h_count\"} 6", "{__name__=\"h_sum\"} 12.5", "{__name__=\"h_bucket\", le=\"1.0\"} 2", "{__name__=\"h_bucket\", le=\"5.0\"} 5", "{__name__=\"h_bucket\", le=\"+Inf\"} 6"],
            Parsed.Messages(default, Family("h", 4, Metric(7, classic)))[1..]);
        Assert.Equal(["{__name__=\"h_count\"} 2.5", "{__name__=\"h_sum\"} 0", "{__name__=\"h_bucket\", le=\"+Inf\"} 2"], Parsed.Messages(default, Family("h", 5, Metric(7, whole)))[1..]);
    }

    // The matrix of C18: what is exposed, what is wanted, what comes.
    [Theory]
    [InlineData(true, false, false, "int schema 3 count 6 sum 12.5 zero 0.001:1 +-1/2,1/1[2 1 2]")]
    [InlineData(true, true, false, "int schema 3 count 6 sum 12.5 zero 0.001:1 +-1/2,1/1[2 1 2]|6|12.5|2|5|6")]
    [InlineData(true, false, true, "int schema 3 count 6 sum 12.5 zero 0.001:1 +-1/2,1/1[2 1 2]")]
    [InlineData(false, false, false, "6|12.5|2|5|6")]
    [InlineData(false, false, true, "int schema -53 count 6 sum 12.5 bounds 1 5 +0/3[2 3 1]")]
    [InlineData(false, true, true, "int schema -53 count 6 sum 12.5 bounds 1 5 +0/3[2 3 1]|6|12.5|2|5|6")]
    public void ExposedBoth_GivesWhatIsWanted(bool native, bool classic, bool convert, string expected)
    {
        var options = new ExpositionOptions { NativeHistograms = native, KeepClassic = classic, ConvertClassic = convert };
        var lines = Parsed.Messages(options, Family("h", 4, Metric(7, Both())))[1..];
        Assert.Equal(expected.Split('|'), lines.Select(l => l[(l.IndexOf('}', StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public void NativeKinds_AreTold()
    {
        var floats = new Proto().Double(4, 3.5).Double(2, 1).Signed(5, 0).Message(12, Span(2, 2)).Doubles(14, 1.5, 2);
        var empty = new Proto().Signed(5, 2).Message(12, Span(0, 0));
        Assert.Equal("{__name__=\"h\"} float schema 0 count 3.5 sum 1 zero 0:0 +2/2[1.5 2]", Parsed.Messages(Native, Family("h", 4, Metric(7, floats)))[1]);
        Assert.Equal("{__name__=\"h\"} float gauge schema 0 count 3.5 sum 1 zero 0:0 +2/2[1.5 2]", Parsed.Messages(Native, Family("h", 5, Metric(7, floats)))[1]);
        Assert.Equal("{__name__=\"h\"} int schema 2 count 0 sum 0 zero 0:0", Parsed.Messages(Native, Family("h", 4, Metric(7, empty)))[1]);
        Assert.Equal(4, Parsed.Messages(Native, Family("h", 4, Metric(7, new Proto().Signed(5, 2)))).Count);
    }

    [Fact]
    public void ExemplarsAndStarts_ComeWithTheirSamples()
    {
        var counter = new Proto().Double(1, 5).Message(2, Exemplar("trace=abc", 0.5, Time(2, 5_000_000))).Message(3, Time(1));
        Assert.Equal("{__name__=\"c\"} 5 start 1000 # {trace=\"abc\"} 0.5 @2005", Parsed.Messages(Native, Family("c", 0, Metric(3, counter)))[1]);
        Assert.Equal("{__name__=\"c\"} 5", Parsed.Messages(default, Family("c", 0, Metric(3, counter)))[1]);
        var native = Both().Message(15, Time(3)).Message(16, Exemplar("t=1", 1, Time(9))).Message(16, Exemplar("t=2", 2)).Message(16, Exemplar("t=3", 3, Time(8)));
        Assert.EndsWith(" start 3000 # {t=\"1\"} 1 @9000 # {t=\"3\"} 3 @8000", Parsed.Messages(Native, Family("h", 4, Metric(7, native)))[1], StringComparison.Ordinal);
        var classic = new Proto().Number(1, 2).Message(3, Bucket(1, 2).Message(3, Exemplar("t=1", 1)));
        Assert.Contains("{__name__=\"h_bucket\", le=\"1.0\"} 2 # {t=\"1\"} 1", Parsed.Messages(Native, Family("h", 4, Metric(7, classic))));
    }

    [Fact]
    public void TypeAndUnit_BecomeLabels()
    {
        var options = new ExpositionOptions { TypeAndUnit = true };
        Assert.Equal("{__name__=\"a\", __type__=\"counter\", __unit__=\"s\"} 1", Parsed.Messages(options, Family("a", 0, Counter(1, "__type__=x")).Text(5, "s"))[1]);
        Assert.Equal("{__name__=\"a\", __type__=\"x\"} 1", Parsed.Messages(options, Family("a", 3, Metric(5, new Proto().Double(1, 1), "__type__=x")))[1]);
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "invalid metric name", Family("", 0, Counter(1)).Delimited },
        { "unknown metric type 6", Family("a", 6, Counter(1)).Delimited },
        { "label name is not unique", Family("a", 0, Counter(1, "x=1", "x=2")).Delimited },
        { "label name is not unique", Family("a", 2, Metric(4, new Proto().Message(3, new Proto().Double(1, 1)), "quantile=3")).Delimited },
        { "invalid label name", Family("a", 0, Counter(1, "=2")).Delimited },
        { "invalid UTF-8 in a label value", Family("a", 0, new Proto().Message(1, new Proto().Text(1, "x").Blob(2, [0xc3])).Message(3, new Proto())).Delimited },
        { "positive side: spans need 2 buckets, have 1", Family("a", 4, Metric(7, new Proto().Message(12, Span(0, 2)).Deltas(13, 1))).Delimited },
        { "negative side: span 2 has the negative offset -1", Family("a", 4, Metric(7, new Proto().Message(9, Span(0, 1)).Message(9, Span(-1, 1)).Deltas(10, 1, 1))).Delimited },
        { "positive side: bucket index", Family("a", 4, Metric(7, new Proto().Message(12, Span(int.MaxValue, 1)).Message(12, Span(int.MaxValue, 1)).Deltas(13, 1, 1))).Delimited },
        { "a length reaches past the message", new Proto().Text(1, "a").Blob(4, [0x0a, 9]).Delimited },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void BrokenFamily_IsNamedWithItsPlace(string reason, byte[] family)
    {
        byte[] good = Family("good", 0, Counter(1)).Delimited;
        var lines = Parsed.All([.. good, .. family], ExpositionFormat.Protobuf, Native);
        Assert.StartsWith($"error metric family at byte {good.Length}: ", lines[^1], StringComparison.Ordinal);
        Assert.Contains(reason, lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void MutatedBodies_EndOrFail_NeverThrow()
    {
        byte[] body = [.. Family("c", 0, Counter(1, "a=b")).Delimited, .. Family("h", 4, Metric(7, Both().Message(16, Exemplar("t=1", 1, Time(9))), "x=y")).Delimited, .. Family("s", 2, Metric(4, new Proto().Message(3, new Proto().Double(1, 0.5)))).Delimited];
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        int failed = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = [.. body];
            for (int edits = random.Next(1, 5); edits > 0; edits--) mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) mutated = mutated[..random.Next(mutated.Length)];
            try
            {
                var lines = Parsed.All(mutated, ExpositionFormat.Protobuf, Native with { KeepClassic = true });
                if (lines.Count > 0 && lines[^1].StartsWith("error", StringComparison.Ordinal)) failed++;
            }
            catch (IngestFormatException)
            {
                failed++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, body {i}: {error}");
            }
        }
        Assert.InRange(failed, 1_000, 19_900);
    }

    [Fact]
    public void KnownFloats_AllocateNothing()
    {
        var metrics = Enumerable.Range(0, 50).Select(i => Metric(7, new Proto().Number(1, 6).Double(2, 1).Message(3, Bucket(1, 2)).Message(3, Bucket(5, 5)), $"i={i}")).ToArray();
        byte[] body = Family("h", 4, metrics).Delimited;
        var scratch = new ProtobufScratch();
        Assert.Equal(250, Count(body, scratch));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = Count(body, scratch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(250, count);
    }

    private static int Count(byte[] body, ProtobufScratch scratch)
    {
        int samples = 0;
        ulong keys = 0;
        var reader = new ProtobufExposition(body, default, scratch);
        for (var found = reader.Next(); found != ExpositionEvent.End; found = reader.Next())
        {
            if (found != ExpositionEvent.Sample) continue;
            samples++;
            keys ^= reader.Key.Low;
        }
        return keys == 0 ? 0 : samples;
    }
}
