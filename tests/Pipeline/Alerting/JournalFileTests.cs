using System.Buffers;
using System.Text;
using Streamline.Pipeline.Alerting;

namespace Streamline.Pipeline.Tests.Alerting;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-journal-").FullName;

    private string File => Path.Combine(_folder, "state.journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rewrite_ThatFails_LeavesTheFile_AndLaterRecordsFollowIt()
    {
        using (var journal = new JournalFile(File, "TEST"))
        {
            Rewrite(journal, "first");
            Directory.CreateDirectory(File + ".tmp");
            Assert.ThrowsAny<Exception>(() => Rewrite(journal, "lost"));
            Directory.Delete(File + ".tmp");
            Add(journal, "second");
            journal.Flush();
        }
        Assert.Equal(["first", "second"], Read(out string? damage));
        Assert.Null(damage);
    }

    private static void Rewrite(JournalFile journal, string text)
    {
        journal.BeginRewrite();
        Add(journal, text);
        journal.EndRewrite();
    }

    private static void Add(JournalFile journal, string text)
    {
        journal.BeginRecord().Write(Encoding.UTF8.GetBytes(text));
        journal.EndRecord();
    }

    private List<string> Read(out string? damage)
    {
        var found = new List<string>();
        using var journal = new JournalFile(File, "TEST");
        damage = journal.Load(payload =>
        {
            found.Add(Encoding.UTF8.GetString(payload));
            return true;
        });
        return found;
    }
}
