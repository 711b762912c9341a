using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>
/// The blocks that wait for a sink, as second names under <c>&lt;data&gt;/streamline/outbox/&lt;sink&gt;/&lt;ULID&gt;/</c>: compaction and retention may delete the
/// first names meanwhile. The caller guards it.
/// </summary>
internal sealed class LakeOutbox(string dataPath, string sink)
{
    private const int UlidLength = 26;
    private const string StartedName = "export-started", TemporarySuffix = ".tmp";

    // Names of sinks are free text; percent signs keep them one folder.
    private readonly string _directory = Path.Combine(dataPath, "streamline", "outbox", FolderOf(sink));

    /// <summary>Removes what an interrupted linking or removal has left.</summary>
    public void Open()
    {
        Directory.CreateDirectory(_directory);
        foreach (string path in Directory.EnumerateDirectories(_directory, "*" + TemporarySuffix)) Directory.Delete(path, recursive: true);
    }

    /// <summary>The waiting blocks, oldest first.</summary>
    public IReadOnlyList<string> Pending() =>
        [.. Directory.EnumerateDirectories(_directory).Select(p => Path.GetFileName(p)!).Where(n => n.Length == UlidLength).Order(StringComparer.Ordinal)];

    public string PathOf(string ulid) => Path.Combine(_directory, ulid);

    public bool Contains(string ulid) => Directory.Exists(PathOf(ulid));

    public void Add(BlockInfo block) => StoredBlock.Link(block.Path, PathOf(block.Ulid));

    public void Remove(string ulid)
    {
        string path = PathOf(ulid), doomed = path + TemporarySuffix;
        if (!Directory.Exists(path)) return;
        Directory.Move(path, doomed);
        Directory.Delete(doomed, recursive: true);
    }

    public long BytesOf(string ulid) => BytesIn(PathOf(ulid));

    public static long BytesIn(string directory) =>
        Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) : 0;

    /// <summary>Remembers that files of the block may be in a lake; null when no export was begun.</summary>
    public string? StartedIn(string ulid)
    {
        string file = Path.Combine(PathOf(ulid), StartedName);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }

    public void MarkStarted(string ulid, string root) => File.WriteAllText(Path.Combine(PathOf(ulid), StartedName), root);

    public static string FolderOf(string sink)
    {
        string name = Uri.EscapeDataString(sink);
        return name.Trim('.').Length == 0 ? name.Replace(".", "%2E", StringComparison.Ordinal) : name;
    }
}
