using Streamline.Storage.Files;

namespace Streamline.Storage.Tests.Files;

/// <summary>The failing file system itself: what it says it loses is lost, and nothing else.</summary>
public sealed class FailingFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("streamline-files-").FullName;
    private readonly FailingFiles _files;

    public FailingFilesTests() => _files = new FailingFiles(_root);

    private string At(string name) => Path.Combine(_root, name);

    private DataFile Written(string name, string synced, string unsynced)
    {
        var file = _files.Create(At(name));
        file.Write(System.Text.Encoding.ASCII.GetBytes(synced), 0);
        file.Sync();
        _files.SyncDirectory(_root);
        file.Write(System.Text.Encoding.ASCII.GetBytes(unsynced), synced.Length);
        return file;
    }

    [Theory]
    [InlineData(PowerLoss.LosesAll, "abcd")]
    [InlineData(PowerLoss.TearsWrites, "abcdef")]
    [InlineData(PowerLoss.LeavesZeros, "abcd\0\0\0\0")]
    internal void Cut_TakesWhatWasNotSynced(PowerLoss loss, string left)
    {
        using (Written("a", "abcd", "efgh")) _files.Cut(loss);
        Assert.Equal(left, File.ReadAllText(At("a")));
        Assert.Throws<IOException>(() => _files.Delete(At("a")));
    }

    [Fact]
    public void Cut_UndoesNames_OfDirectoriesNotSynced()
    {
        using (Written("old", "old", "")) { }
        using (Written("new", "new", "")) { }
        using (Written("gone", "gone", "")) { }
        _files.CreateDirectory(At("d/e"));
        _files.Replace(At("new"), At("old"));
        _files.Delete(At("gone"));
        using (var file = _files.Create(At("d/e/f")))
        {
            file.Write("f"u8, 0);
            file.Sync();
        }
        _files.Cut(PowerLoss.LosesAll);
        Assert.Empty(Directory.GetFileSystemEntries(At("d/e")));
        Assert.Equal(["gone", "new", "old"], Directory.GetFiles(_root).Order().Select(File.ReadAllText));
    }

    [Fact]
    public void SyncDirectory_KeepsNames()
    {
        using (Written("a", "a", "")) { }
        _files.Replace(At("a"), At("b"));
        _files.SyncDirectory(_root);
        _files.Cut(PowerLoss.LosesAll);
        Assert.Equal([At("b")], Directory.GetFiles(_root));
    }

    [Theory]
    [InlineData(Fault.KillBefore, "ab", true)]
    [InlineData(Fault.KillDuring, "abcd", true)]
    [InlineData(Fault.KillAfter, "abcdef", true)]
    [InlineData(Fault.NoSpace, "abcd", false)]
    [InlineData(Fault.InputOutput, "ab", false)]
    internal void On_FailsTheNthMatch(Fault fault, string left, bool killed)
    {
        using var file = _files.Create(At("a"));
        _files.On("write a", fault, nth: 2);
        file.Write("ab"u8, 0);
        Assert.Throws<IOException>(() => file.Write("cdef"u8, 2));
        Assert.Equal(left, File.ReadAllText(At("a")));
        Assert.Equal(killed, _files.IsKilled);
        Assert.Throws<IOException>(() => file.Write("cdef"u8, 2));
        _files.Heal();
        if (killed) Assert.Throws<IOException>(() => file.Write("cdef"u8, 2));
        else file.Write("cdef"u8, 2);
        Assert.Equal(["create a", "write a", "write a"], _files.Operations.Take(3));
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        if (Directory.Exists(_root + FailingFiles.LostSuffix)) Directory.Delete(_root + FailingFiles.LostSuffix, recursive: true);
    }
}
