using System.Text;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Tests.Exposition;

public sealed class ReaderFuzzTests
{
    private const string Good =
        "# HELP a_seconds help \\n text\n# TYPE a_seconds histogram\na_seconds_bucket{le=\"1\",p=\"/x/{y}\"} 12 1700000000000\n" +
        "a_seconds_sum{q=\"\\\"\\\\\"} 1.5e3\n{\"m.x\",\"l y\"=\"é\"} NaN\nlast -Inf\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MutatedBodies_EndOrFail_NeverThrow(bool openMetrics)
    {
        var format = openMetrics ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
        byte[] body = Encoding.UTF8.GetBytes(openMetrics ? Good + "# EOF\n" : Good);
        const int seed = 77;
        var random = new Random(seed);
        int failed = 0;
        for (int i = 0; i < 5_000; i++)
        {
            byte[] mutated = Mutate(body, random);
            var lines = Parsed.All(mutated, format);
            if (lines.Count > 0 && lines[^1].StartsWith("error", StringComparison.Ordinal)) failed++;
        }
        Assert.InRange(failed, 500, 4_990);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryCutBody_Fails(bool openMetrics)
    {
        var format = openMetrics ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
        byte[] body = Encoding.UTF8.GetBytes(openMetrics ? Good.Replace("1700000000000", "1.5", StringComparison.Ordinal) + "# EOF" : Good);
        for (int length = 1; length < body.Length; length++)
        {
            bool whole = !openMetrics && body[length - 1] == '\n';
            var lines = Parsed.All(body.AsSpan(0, length), format);
            Assert.True(lines[^1].StartsWith("error", StringComparison.Ordinal) != whole, $"cut at {length}: {lines[^1]}");
        }
    }

    [Fact]
    public void Parsing_AllocatesNothing()
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Good, 50)));
        Assert.Equal(200, CountSamples(body));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int samples = CountSamples(body);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(200, samples);
        Assert.Equal(0, allocated);
    }

    private static int CountSamples(byte[] body)
    {
        int samples = 0;
        var reader = new ExpositionReader(body, ExpositionFormat.Text);
        while (true)
        {
            var found = reader.Next();
            if (found == ExpositionEvent.Sample) samples++;
            if (found is ExpositionEvent.End or ExpositionEvent.Error) return samples;
        }
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        var mutated = body.ToList();
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(mutated.Count);
            switch (random.Next(4))
            {
                case 0: mutated.RemoveAt(at); break;
                case 1: mutated.Insert(at, (byte)random.Next(256)); break;
                case 2: mutated[at] = (byte)"{}\"\\, \n=#\t1a"[random.Next(12)]; break;
                default: mutated.RemoveRange(at, Math.Min(random.Next(10), mutated.Count - at)); break;
            }
        }
        return [.. mutated];
    }
}
