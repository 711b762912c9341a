using System.Globalization;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Exemplars;

public sealed class ExemplarTests
{
    private static readonly string[] Two = ["a 0:1{trace=x} 5:2{trace=y}"];

    [Fact]
    public void Commit_ReadByMatchersAndRange_KeptOverACrashAndACheckpoint()
    {
        using var s = new Scenario(o => o with { MaxExemplars = 10, WalSegmentBytes = 32 << 10 });
        Assert.Equal(2, Commit(s, ("a", Start, 1, "x"), ("b", Start, 3, "z")).AcceptedExemplars);
        Commit(s, ("a", Start + 5, 2, "y"));
        Assert.Equal([.. Two, "b 0:3{trace=z}"], Read(s));
        Assert.Equal(Two, Read(s, "a"));
        Assert.Equal([.. Two, "b 0:3{trace=z}"], Read(s, "b", "a"));
        Assert.Equal(["a 5:2{trace=y}"], Lines(s.Db.Exemplars([[]], new TimeRange(Start + 1, Start + 9))));
        Assert.Empty(s.Db.Exemplars([], TimeRange.All));
        Assert.Equal([.. Two, "b 0:3{trace=z}"], Read(s.CrashAndReopen()));
        for (long t = 0; t < 8 * Hour; t += 5_000) s.Commit(($"a", Start + t, t), ($"long,pad={new string('p', 300)}", Start + t, t));
        Commit(s, ("a", Start + 8 * Hour - 1, 9, "late"));
        for (int i = 0; i < 5; i++) s.Db.Maintain();
        Assert.NotEmpty(Directory.GetDirectories(s.Wal));
        // What the head no longer reaches back to is gone with the log.
        Assert.Equal([$"a {8 * Hour - 1}:9{{trace=late}}"], Read(s.CrashAndReopen()));
    }

    [Fact]
    public void Add_Full_TheFirstGoFirst()
    {
        using var s = new Scenario(o => o with { MaxExemplars = 3 });
        for (int i = 0; i < 5; i++) Commit(s, (i % 2 == 0 ? "a" : "b", Start + i, i, "t"));
        Assert.Equal(["a 2:2{trace=t} 4:4{trace=t}", "b 3:3{trace=t}"], Read(s));
        s.Db.MaxExemplars = 1;
        Assert.Equal(["a 4:4{trace=t}"], Read(s));
        s.Db.MaxExemplars = 0;
        Assert.Empty(Read(s));
        Assert.Equal(0, Commit(s, ("a", Start + 9, 1, "t")).AcceptedExemplars);
        s.Db.MaxExemplars = 2;
        Commit(s, ("a", Start + 10, 1, "t"));
        Assert.Equal(["a 10:1{trace=t}"], Read(s));
    }

    [Fact]
    public void Add_DuplicatesAndLateOnes_AsPrometheus()
    {
        using var s = new Scenario(o => o with { MaxExemplars = 10 });
        Assert.Equal(1, Commit(s, ("a", Start + 10, 1, "x")).AcceptedExemplars);
        // The same again is taken and changes nothing; of the same time a larger value is another one, a smaller one is late.
        Assert.Equal(1, Commit(s, ("a", Start + 10, 1, "x")).AcceptedExemplars);
        Assert.Equal(1, Commit(s, ("a", Start + 10, 2, "x")).AcceptedExemplars);
        Assert.Equal(0, Commit(s, ("a", Start + 10, 1, "x")).AcceptedExemplars);
        Assert.Equal(0, Commit(s, ("a", Start + 9, 5, "x")).AcceptedExemplars);
        s.Db.OutOfOrderWindowMs = 5;
        Assert.Equal(1, Commit(s, ("a", Start + 8, 5, "x")).AcceptedExemplars);
        Assert.Equal(0, Commit(s, ("a", Start + 5, 5, "x")).AcceptedExemplars);
        Assert.Equal(["a 8:5{trace=x} 10:1{trace=x} 10:2{trace=x}"], Read(s));
        Assert.Equal(0, Commit(s, ("a", Start + 20, 5, new string('\u00e4', 124))).AcceptedExemplars);
        Assert.Equal(1, Commit(s, ("a", Start + 20, 5, new string('\u00e4', 123))).AcceptedExemplars);
    }

    [Fact]
    public void Add_LateOnes_AreCounted_ApartWhereTheSeriesHasNoOther()
    {
        using var s = new Scenario(o => o with { MaxExemplars = 10 });
        Assert.Equal((0, 0), Late(Commit(s, ("a", Start + 10, 1, "x"), ("b", Start + 10, 1, "x"))));
        Assert.Equal((2, 0), Late(Commit(s, ("a", Start + 8, 1, "x"), ("a", Start + 9, 1, "x"), ("a", Start + 11, 1, "x"), ("b", Start + 10, 1, "x"))));
        Assert.Equal((3, 2), Late(Commit(s, ("a", Start + 8, 1, "x"), ("a", Start + 9, 1, "x"), ("b", Start + 9, 1, "x"), ("b", Start + 12, 1, "x"))));

        static (int, int) Late(CommitResult result) => (result.OutOfOrderExemplars, result.OnlyOutOfOrderExemplars);
    }

    private static CommitResult Commit(Scenario s, params ReadOnlySpan<(string Series, long Time, double Value, string Trace)> exemplars)
    {
        var batch = new SampleBatch("test");
        foreach (var (series, time, value, trace) in exemplars)
            batch.Add(s.Resolve(series), new Exemplar(Labels.Of(("trace", trace)), value, time));
        var result = s.Db.Commit(batch);
        batch.Release();
        return result;
    }

    private static string[] Read(Scenario s, params string[] names) =>
        Lines(s.Db.Exemplars(names.Length == 0 ? [[]] : [.. names.Select(n => (LabelMatcher[])[new LabelMatcher(MatchOperator.Equal, "__name__", n)])], TimeRange.All));

    private static string[] Lines(IReadOnlyList<SeriesExemplars> found) => [.. found.Select(f => f.Series.Get("__name__")
        + string.Concat(f.Exemplars.Select(e => string.Create(CultureInfo.InvariantCulture, $" {e.TimestampMs - Start}:{e.Value}{{trace={e.Labels.Get("trace")}}}"))))];
}
