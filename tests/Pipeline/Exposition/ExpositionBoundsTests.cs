using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;
using static Streamline.Pipeline.Tests.Exposition.Proto;

namespace Streamline.Pipeline.Tests.Exposition;

/// <summary>What a target sends decides what reading it costs: memory in proportion to the body, whatever the body claims, and errors that say where.</summary>
public sealed class ExpositionBoundsTests
{
    private const int Rounds = 3000;

    // A series decoded alone may copy its text a few times; its buffers start at a few hundred bytes.
    private const long FixedBytes = 64 << 10, BytesPerByte = 100;

    private static readonly ExpositionOptions Everything = new(NativeHistograms: true, KeepClassic: true, ConvertClassic: true, Exemplars: true, StartTimes: true, TypeAndUnit: true);

    private const string Text =
        "# HELP a_seconds help \\n text\n# TYPE a_seconds histogram\na_seconds_bucket{le=\"1\",p=\"/x/{y}\"} 12 # {t=\"x\\\"y\"} 1 2\na_seconds_bucket{le=\"+Inf\",p=\"/x/{y}\"} 14\na_seconds_created{p=\"/x/{y}\"} 1700000000\n" +
        "# TYPE c counter\nc_total{q=\"\\\"\\\\\"} 1.5e3\n{\"m.x\",\"l y\"=\"é\"} NaN\nlast -Inf\n";

    [Theory]
    [InlineData("text")]
    [InlineData("openmetrics")]
    [InlineData("protobuf")]
    public void MutatedBodies_CostInProportion_AndFailWithAPlace(string kind)
    {
        var format = kind switch { "text" => ExpositionFormat.Text, "openmetrics" => ExpositionFormat.OpenMetrics, _ => ExpositionFormat.Protobuf };
        byte[] good = kind switch { "text" => Encoding.UTF8.GetBytes(Text.Replace(" # {t=\"x\\\"y\"} 1 2", "", StringComparison.Ordinal)), "openmetrics" => Encoding.UTF8.GetBytes(Text + "# EOF\n"), _ => Messages() };
        Assert.Null(Read(good, format));
        int failed = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            byte[] body = Mutated(good, new Random(seed));
            long before = GC.GetAllocatedBytesForCurrentThread();
            string? problem = Read(body, format);
            long spent = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(spent < FixedBytes + (BytesPerByte * body.Length), $"seed {seed}: {spent} bytes for a body of {body.Length}");
            if (problem is null) continue;
            failed++;
            Assert.True(problem.StartsWith(kind == "protobuf" ? "metric family at byte " : "line ", StringComparison.Ordinal), $"seed {seed}: {problem}");
        }
        Assert.InRange(failed, Rounds / 20, Rounds - 1);
    }

    public static TheoryData<string, byte[]> Claims => new()
    {
        { "a span of four billion buckets", Family("h", 4, Metric(7, new Proto().Message(12, Span(0, uint.MaxValue)).Deltas(13, 1))).Delimited },
        { "spans that add up to more than an int", Family("h", 4, Metric(7, new Proto().Message(12, Span(0, int.MaxValue)).Message(12, Span(0, int.MaxValue)).Message(12, Span(0, 2)).Deltas(13, 1))).Delimited },
        { "a family of four gigabytes", [0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3] },
        { "a length without an end", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] },
        { "a length that is negative as an int", [0x80, 0x80, 0x80, 0x80, 0x08, 1] },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void ClaimedSizes_CostNothing(string claim, byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? problem = Read(body, ExpositionFormat.Protobuf);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, FixedBytes);
        Assert.True(problem is not null, claim);
    }

    [Theory]
    [InlineData(ExpositionFormat.Text)]
    [InlineData(ExpositionFormat.OpenMetrics)]
    internal void EndlessLine_IsRefused_BeforeItIsRead(ExpositionFormat format)
    {
        byte[] line = new byte[ExpositionReader.MaxLineBytes + 2];
        line.AsSpan().Fill((byte)'a');
        Assert.Equal("line 2: line is longer than 1 MiB", Read([.. "up 1\n"u8, .. line], format));
        Assert.Equal("line 2: line is longer than 1 MiB", Read([.. "up 1\n"u8, .. line, (byte)'\n'], format));
    }

    private static byte[] Messages()
    {
        var both = new Proto().Number(1, 6).Double(2, 12.5).Message(3, Bucket(1, 2)).Message(3, Bucket(5, 5)).Signed(5, 3).Double(6, 0.001).Number(7, 1)
            .Message(12, Span(-1, 2)).Message(12, Span(1, 1)).Deltas(13, 2, -1, 1).Message(9, Span(0, 1)).Deltas(10, 0).Message(16, Exemplar("t=1", 1, Time(9)));
        var summary = new Proto().Number(1, 4).Double(2, 10).Message(3, new Proto().Double(1, 0.5).Double(2, 2));
        return [.. Family("c_total", 0, Counter(5, "a=1", "b=x y")).Delimited, .. Family("h", 4, Metric(7, both, "x=y")).Delimited, .. Family("s", 2, Metric(4, summary)).Delimited];
    }

    // The way of a scrape: every series decoded, every exemplar taken. Gives what was wrong.
    private static string? Read(ReadOnlySpan<byte> body, ExpositionFormat format)
    {
        if (format == ExpositionFormat.Protobuf)
        {
            var messages = new ProtobufExposition(body, Everything, new ProtobufScratch());
            return Walk(ref messages);
        }
        var lines = new ExpositionReader(body, format, Everything);
        return Walk(ref lines);
    }

    private static string? Walk<T>(ref T reader) where T : IExposition, allows ref struct
    {
        var labels = new LabelsBuilder();
        while (true)
        {
            var found = reader.Next();
            if (found is ExpositionEvent.Sample or ExpositionEvent.Histogram)
            {
                if (reader.Decode(labels) is { } reason) found = reader.Fail(reason);
                else _ = reader.StartMs;
                while (found != ExpositionEvent.Error && reader.TryExemplar(labels, 0, out _)) { }
            }
            if (found == ExpositionEvent.Error) return reader.Problem;
            if (found == ExpositionEvent.End) return null;
        }
    }

    private static byte[] Mutated(byte[] good, Random random)
    {
        List<byte> bytes = [.. good];
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.Insert(at, (byte)"{}\"\\, \n=#\t1a"[random.Next(12)]); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at))); break;
                default: bytes.RemoveRange(at, Math.Min(random.Next(1, 10), bytes.Count - at)); break;
            }
        }
        return [.. bytes];
    }
}
