using Streamline.Pipeline.Config;
using Streamline.Pipeline.Sinks;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Sinks;

public sealed class LakeExportTests : IDisposable
{
    private readonly LakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void ToFolder_BesideTheRunningDatabase_HasBlocksAndHeadOnce()
    {
        _rig.Write(0, 7).Maintain();
        var lake = Assert.Single(LakeExport.Run(new LakeExportOptions { DataPath = _rig.Data, To = _rig.Lake }));
        Assert.Equal(_rig.PromqlCounts(), _rig.LakeCounts());
        Assert.Equal((7, 0L), (lake.Files, lake.HotRows));
        Assert.Equal([$"{lake.Rows}"], _rig.Query("SELECT count(*) FROM T"));
        Assert.Throws<IOException>(() => LakeExport.Run(new LakeExportOptions { DataPath = _rig.Data, To = _rig.Lake }));
    }

    [Fact]
    public void ToSink_HeadIsHotUntilItsBlockComes()
    {
        _rig.Write(0, 7).Maintain();
        using var sink = _rig.Sink();
        var options = new LakeExportOptions { DataPath = _rig.Data, ConfigFile = _rig.ConfigFile };
        for (int i = 0; i < 2; i++)
        {
            Assert.True(Assert.Single(LakeExport.Run(options)).HotRows > 0);
            Assert.Equal(_rig.PromqlCounts(4), _rig.LakeCounts());
            Assert.Equal(_rig.PromqlCounts(), _rig.LakeCounts("."));
        }
        Assert.Equal(3, _rig.Files("hot").Length);
        _rig.Write(7, 9).Maintain();
        Assert.True(sink.RunOnce());
        Assert.Equal(1, sink.Counts.Blocks);
        Assert.Single(_rig.Files("hot"));
        Assert.Equal(_rig.PromqlCounts(7), _rig.LakeCounts("."));
    }

    [Fact]
    public void WithoutTarget_IsRefused() =>
        Assert.Contains("--to", Assert.Throws<IOException>(() => LakeExport.Run(new LakeExportOptions { DataPath = _rig.Data })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("date,hour", "date=1969-12-31/hour=23 date=1970-01-01/hour=00", "")]
    [InlineData("hour,date", "hour=23/date=1969-12-31 hour=00/date=1970-01-01", "")]
    [InlineData("date", "date=1969-12-31 date=1970-01-01", "")]
    [InlineData("hour", "hour=23 hour=00", "-19691231 -19700101")]
    [InlineData("", "", "")]
    public void Partitions_CoverTheRangeWithoutOverlap(string keys, string directories, string suffixes)
    {
        var range = new TimeRange(-5, 5);
        var partitions = LakeLayout.Partitions([.. keys.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(k => k == "date" ? PartitionKey.Date : PartitionKey.Hour)], range).ToList();
        Assert.Equal(directories, string.Join(' ', partitions.Select(p => p.Directory)));
        Assert.Equal(suffixes, string.Join(' ', partitions.Select(p => p.Suffix)).Trim());
        Assert.Equal(11, partitions.Sum(p => p.Range.MaxMs - p.Range.MinMs + 1));
    }

    [Fact]
    public void Manifest_WithALineCutShort_GoesOn()
    {
        var manifest = new LakeManifest(_rig.Lake);
        manifest.Add(new LakeEntry { Block = "a", Rows = 1, Files = [new("samples/x.parquet", 1, 2)] });
        string file = Path.Combine(_rig.Lake, "_manifest.jsonl");
        File.AppendAllText(file, "{\"block\":\"b\",\"ro");
        manifest = new LakeManifest(_rig.Lake).Load();
        Assert.True(manifest.Contains("a"));
        Assert.False(manifest.Contains("b"));
        manifest.Add(new LakeEntry { Block = "c" });
        Assert.Equal(["a", "c"], new LakeManifest(_rig.Lake).Load().Entries.Select(e => e.Block));
        Assert.Equal("samples/x.parquet", new LakeManifest(_rig.Lake).Load().Entries.First().Files[0].Path);
    }
}
