using System.Globalization;
using Streamline.Tests.Shared;

namespace Streamline.Storage.Tests.Lake;

/// <summary>Files of ours as DuckDB reads them.</summary>
public sealed class ParquetSampleFileTests : IDisposable
{
    private const long Start = 1_700_000_000_123;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamline-lake-");

    private string File => Path.Combine(_directory.FullName, "part.parquet");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Schema_IsOfTheTable()
    {
        Write([], ["job", "Value", "date"]);
        Assert.Equal(
        [
            "name VARCHAR", "series_id UBIGINT", "ts TIMESTAMP WITH TIME ZONE", "value DOUBLE", "job VARCHAR", "label_Value VARCHAR", "label_date VARCHAR",
            "labels MAP(VARCHAR, VARCHAR)",
        ], Query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM T)"));
        Assert.Equal(["0"], Query("SELECT count(*) FROM T"));
    }

    [Fact]
    public void Values_EveryKindOfDouble_KeepTheirBits()
    {
        double[] values = [0.0, -0.0, double.NaN, StaleMarker.NormalNaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, 0.1, -1e300];
        Write([(Labels.Of(("__name__", "v")), [.. values.Select((v, i) => (Start + i, v))])]);
        Assert.Equal(["10 2 1 1 1"], Query("SELECT count(*), count(*) FILTER (isnan(value)), count(*) FILTER (value = 'inf'), count(*) FILTER (value = '-inf'), count(*) FILTER (value = 0 AND signbit(value)) FROM T"));
        Assert.Equal(values.Where(double.IsFinite).Select(v => v.ToString("R", CultureInfo.InvariantCulture)).Order(),
            Query("SELECT value::VARCHAR FROM T WHERE isfinite(value)").Select(t => double.Parse(t, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public void StaleMarkers_AreNoRows()
    {
        Write([(Labels.Of(("__name__", "v")), [(1, 1), (2, StaleMarker.Value), (3, StaleMarker.NormalNaN)])]);
        Assert.Equal(["1 False", "3 True"], Query("SELECT epoch_ms(ts), isnan(value) FROM T ORDER BY ts"));
    }

    [Fact]
    public void Labels_PromotedAndInTheMap_AreFound()
    {
        Write(
        [
            (Labels.Of(("__name__", "a"), ("job", "x"), ("ünï", "wört ☃")), [(1, 1), (2, 2)]),
            (Labels.Of(("job", "y"), ("date", "today")), [(1, 3)]),
            (Labels.Of(("__name__", "b")), [(1, 4)]),
        ], ["job", "date"]);
        Assert.Equal(["[\"a\",1,\"x\",null,\"wört ☃\",3]", "[\"a\",2,\"x\",null,\"wört ☃\",3]", "[\"\",3,\"y\",\"today\",null,2]", "[\"b\",4,null,null,null,1]"],
            Query("SELECT to_json([name::JSON, value::INT::JSON, job::JSON, label_date::JSON, labels['ünï']::JSON, cardinality(labels)::JSON]) FROM (SELECT to_json(name) AS name, value, to_json(job) AS job, to_json(label_date) AS label_date, MAP_FROM_ENTRIES([{k: k, v: to_json(labels[k])} FOR k IN map_keys(labels)]) AS labels FROM T) "));
    }

    [Fact]
    public void ManyRowGroupsAndSeries_CountAndSumExactly()
    {
        var random = new Random(7);
        var series = Enumerable.Range(0, 900).Select(s =>
        {
            var labels = new LabelsBuilder();
            labels.Set("__name__", $"metric_{s % 7}");
            for (int l = 0; l < s % 19; l++) labels.Set($"label_{l}", $"value_{s % (l + 1)}");
            labels.Set("instance", $"host-{s}");
            return (Labels: labels.Build(), Samples: Enumerable.Range(0, s % 400 + 200).Select(i => (Start + i * 15_000L + random.Next(9), (double)random.Next(1_000_000))).ToArray());
        }).ToList();
        Write(series, ["instance"]);
        Assert.Equal(series.GroupBy(s => s.Labels.Get("__name__")).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
                string.Create(CultureInfo.InvariantCulture, $"{g.Key} {g.Sum(s => s.Samples.Length)} {g.Sum(s => (long)s.Samples.Sum(p => p.Item2))} {g.Count()} {g.Min(s => s.Samples[0].Item1)} {g.Max(s => s.Samples[^1].Item1)}")),
            Query("SELECT name, count(*), sum(value)::BIGINT, count(DISTINCT series_id), epoch_ms(min(ts)), epoch_ms(max(ts)) FROM T GROUP BY name ORDER BY name"));
        Assert.Equal([$"{series.Sum(s => (long)s.Samples.Length * s.Labels.Count)}"], Query("SELECT sum(cardinality(labels))::BIGINT FROM T"));
        var one = series[777];
        Assert.Equal([$"{one.Samples.Length} {one.Labels.Hash}"], Query("SELECT count(*), any_value(series_id) FROM T WHERE instance = 'host-777' AND labels['instance'] = instance"));
        Assert.Equal(["0"], Query("SELECT count(*) FROM T WHERE labels['label_3'] IS DISTINCT FROM CASE WHEN map_contains(labels, 'label_3') THEN 'value_' || (replace(instance, 'host-', '')::INT % 4) END"));
        Assert.Equal(["2"], Query("SELECT count(DISTINCT row_group_id) FROM parquet_metadata('F')"));
    }

    [Fact]
    public void Footer_TellsEncodingsBoundsAndFacts()
    {
        Write([(Labels.Of(("__name__", "b")), [(5, 1), (9, -2)]), (Labels.Of(("__name__", "c")), [(7, double.NaN)])]);
        Assert.Equal(["ts 5 9", "name b c"], Query("SELECT path_in_schema, stats_min_value.replace('1970-01-01 00:00:00.00', '').replace('+00', ''), stats_max_value.replace('1970-01-01 00:00:00.00', '').replace('+00', '') FROM parquet_metadata('F') WHERE path_in_schema IN ('name', 'ts') ORDER BY column_id DESC"));
        Assert.Equal(["True"], Query("SELECT stats_min_value IS NULL AND stats_max_value IS NULL FROM parquet_metadata('F') WHERE path_in_schema = 'value'"));
        Assert.Equal(["DELTA_BINARY_PACKED"], Query("SELECT replace(encodings, 'RLE, ', '') FROM parquet_metadata('F') WHERE path_in_schema = 'ts'"));
        Assert.Equal(["answer 42"], Query("SELECT decode(key), decode(value) FROM parquet_kv_metadata('F')"));
    }

    [Fact]
    public void Dispose_BeforeFinish_LeavesNothing()
    {
        var file = new ParquetSampleFile(File, []);
        file.Append(Labels.Of(("a", "b")), [1], [1]);
        Assert.Single(_directory.GetFiles());
        file.Dispose();
        Assert.Empty(_directory.GetFiles());
    }

    private void Write(IReadOnlyList<(Labels Labels, (long Time, double Value)[] Samples)> series, IReadOnlyList<string>? promote = null)
    {
        Assert.SkipUnless(DuckDb.IsInstalled, DuckDb.Reason);
        using var file = new ParquetSampleFile(File, promote ?? []);
        foreach (var (labels, samples) in series)
        {
            file.Append(labels, [.. samples.Select(s => s.Time)], [.. samples.Select(s => s.Value)]);
            file.EndSeries();
        }
        Assert.Equal(file.Finish([new("answer", "42")]), new FileInfo(File).Length);
    }

    private string[] Query(string sql) => DuckDb.Query(sql.Replace("FROM T", $"FROM read_parquet('{File}')", StringComparison.Ordinal).Replace("'F'", $"'{File}'", StringComparison.Ordinal));
}
