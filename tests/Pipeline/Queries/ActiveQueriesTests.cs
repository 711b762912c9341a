using System.Text;
using System.Text.Json;
using Streamline.Pipeline.Queries;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Queries;

/// <summary>The list of running queries on disk: what a crash leaves, in Prometheus's layout.</summary>
public sealed class ActiveQueriesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-active-").FullName;
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_AfterACrash_NamesWhatRan()
    {
        using var crashed = ActiveQueries.Open(_folder, 4, _time, out var before);
        Assert.Empty(before);
        crashed.Add("up");
        int ended = crashed.Add("ended");
        crashed.Add("sum(\"é\")");
        crashed.Remove(ended);
        // No Dispose: the process is gone.
        using var next = ActiveQueries.Open(_folder, 4, _time, out var unfinished);
        Assert.Equal(["""{"query":"up","timestamp_sec":1700000000}""", """{"query":"sum(\"é\")","timestamp_sec":1700000000}"""], unfinished);
        using var third = ActiveQueries.Open(_folder, 4, _time, out var none);
        Assert.Empty(none);
    }

    [Fact]
    public void Layout_IsPrometheus()
    {
        using var active = ActiveQueries.Open(_folder, 2, _time, out _);
        active.Add("a");
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder, "queries.active"));
        Assert.Equal(2001, bytes.Length);
        // What Prometheus's parseBrokenJSON makes of it.
        string text = Encoding.UTF8.GetString(bytes).Replace("\0", "", StringComparison.Ordinal);
        Assert.Equal("""[{"query":"a","timestamp_sec":1700000000},""", text);
    }

    [Fact]
    public void Add_AllSlotsTaken_IsLeftOut()
    {
        using var active = ActiveQueries.Open(_folder, 1, _time, out _);
        int first = active.Add("a");
        Assert.Equal(-1, active.Add("b"));
        active.Remove(-1);
        active.Remove(first);
        Assert.Equal(first, active.Add("c"));
    }

    [Theory]
    [InlineData("x", 3000)]
    [InlineData("é", 700)]
    [InlineData("\"", 990)]
    [InlineData("\u0001", 500)]
    [InlineData("😀", 400)]
    [InlineData("a😀\"", 400)]
    public void Add_LongText_IsCutToTheSlot(string part, int times)
    {
        using (var active = ActiveQueries.Open(_folder, 2, _time, out _))
        {
            active.Add(string.Concat(Enumerable.Repeat(part, times)));
            active.Add("next");
        }
        using var again = ActiveQueries.Open(_folder, 2, _time, out var unfinished);
        Assert.Equal(2, unfinished.Count);
        Assert.InRange(Encoding.UTF8.GetByteCount(unfinished[0]), 600, 999);
        using var document = JsonDocument.Parse(unfinished[0]);
        string kept = document.RootElement.GetProperty("query").GetString()!;
        Assert.StartsWith(kept, string.Concat(Enumerable.Repeat(part, times)), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_GarbageInTheFile_StillStarts()
    {
        File.WriteAllBytes(Path.Combine(_folder, "queries.active"), [.. Enumerable.Repeat((byte)0xFF, 5000)]);
        using var active = ActiveQueries.Open(_folder, 2, _time, out var unfinished);
        Assert.Equal(4, unfinished.Count);
        Assert.Equal(0, active.Add("a"));
    }
}
