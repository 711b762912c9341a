using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Sinks;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Sinks;

public sealed class UploadedBlocksTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => File.Delete(_path);

    private UploadedBlocks Blocks => new(_path, _time, NullLogger.Instance);

    private static BlockInfo Block(string ulid, int level = 1) => new(ulid, "/", 0, 1, 1, 1, 1, level);

    [Fact]
    public void BlocksOfLevelOne_WaitUntilTheFileListsThem_WhichIsReadOnceAMinute()
    {
        File.WriteAllText(_path, """{"version": 1, "uploaded": ["A"]}""");
        var blocks = Blocks;
        Assert.False(blocks.IsWaitedFor(Block("A")));
        Assert.True(blocks.IsWaitedFor(Block("B")));
        Assert.False(blocks.IsWaitedFor(Block("B", level: 2)));
        File.WriteAllText(_path, """{"version": 1, "uploaded": ["A", "B"]}""");
        Assert.True(blocks.IsWaitedFor(Block("B")));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(blocks.IsWaitedFor(Block("B")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"uploaded\": [7]}")]
    [InlineData("{\"uploaded\"")]
    public void FileThatIsNone_DelaysNothing(string content)
    {
        File.WriteAllText(_path, content);
        Assert.False(Blocks.IsWaitedFor(Block("A")));
    }

    [Fact]
    public void MissingFile_DelaysNothing_AndIsLookedForAgain()
    {
        File.Delete(_path);
        var blocks = Blocks;
        Assert.False(blocks.IsWaitedFor(Block("A")));
        File.WriteAllText(_path, """{"uploaded": []}""");
        Assert.True(blocks.IsWaitedFor(Block("A")));
    }

    [Fact]
    public void FileWithoutTheList_HasNone()
    {
        File.WriteAllText(_path, """{"version": 1}""");
        Assert.True(Blocks.IsWaitedFor(Block("A")));
    }
}
