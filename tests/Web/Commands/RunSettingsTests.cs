using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Storage;
using Streamline.Web.Commands;
using Streamline.Web.Hosting;

namespace Streamline.Web.Tests.Commands;

public sealed class RunSettingsTests
{
    [Theory]
    [InlineData(WalCompression.Snappy)]
    [InlineData(WalCompression.Zstd, "--storage.tsdb.wal-compression-type=zstd")]
    [InlineData(WalCompression.None, "--storage.tsdb.wal-compression=false", "--storage.tsdb.wal-compression-type=zstd")]
    public void WalCompression_FollowsItsTwoFlags(WalCompression expected, params string[] arguments) =>
        Assert.Equal(expected, Options(arguments).WalCompression);

    [Fact]
    public void WalCompression_OfAnotherName_IsAUsageError()
    {
        var error = Assert.Throws<UsageException>(() => Options("--storage.tsdb.wal-compression-type=lz4"));
        Assert.Contains("lz4", error.Message, StringComparison.Ordinal);
    }

    private static Pipeline.PipelineHostOptions Options(params string[] arguments)
    {
        var command = new Command("run");
        var read = FlagValues.AddTo(command, RunFlags.All);
        return RunSettings.From(read(command.Parse(["--config.file=x.yml", .. arguments]))).HostOptions(NullLoggerFactory.Instance, new Uri("http://localhost"));
    }
}
