namespace Streamline.Storage.Tests.Files;

/// <summary>
/// Names made, changed and taken away since their directory was last forced to the disk, and how to undo that. What is deleted lies in a directory of its own
/// until then.
/// </summary>
internal sealed class UnsyncedNames(string lostDirectory)
{
    private readonly List<NameChange> _changes = [];
    private readonly Dictionary<string, UnsyncedBytes> _files = new(StringComparer.Ordinal);
    // Several file systems may follow each other over one directory.
    private static int _lost;

    /// <summary>The state of the file that has a name now.</summary>
    public UnsyncedBytes FileAt(string path)
    {
        if (!_files.TryGetValue(path, out var bytes)) _files[path] = bytes = new UnsyncedBytes();
        return bytes;
    }

    public void Created(string path) => _changes.Add(new NameChange { Path = path });

    public void Linked(string existing, string name)
    {
        _files[name] = FileAt(existing);
        Created(name);
    }

    public void Replace(string from, string to)
    {
        string? old = File.Exists(to) ? Away(to) : null;
        Rename(from, to);
        _changes.Add(new NameChange { Path = to, From = from, Away = old });
    }

    public void Move(string from, string to)
    {
        Rename(from, to);
        _changes.Add(new NameChange { Path = to, From = from });
    }

    public void Delete(string path)
    {
        string away = Away(path);
        _changes.Add(new NameChange { Path = path, Away = away });
    }

    public void Synced(string directory)
    {
        foreach (var change in _changes.Where(c => Path.GetDirectoryName(c.Path) == directory).ToList())
        {
            _changes.Remove(change);
            if (change.Away is { } away) _changes.RemoveAll(c => IsUnder(c.Path, away));
        }
    }

    public void Lose(PowerLoss loss)
    {
        foreach (var (path, bytes) in _files)
        {
            if (File.Exists(path)) bytes.Lose(path, loss);
        }
        while (loss != PowerLoss.LeavesZeros && _changes.Count > 0)
        {
            var last = _changes[^1];
            _changes.RemoveAt(_changes.Count - 1);
            Undo(last);
        }
        _changes.Clear();
        _files.Clear();
    }

    private void Undo(NameChange change)
    {
        if (change.From is { } from) Rename(change.Path, from);
        else if (change.Away is null) Away(change.Path);
        if (change.Away is { } away) Rename(away, change.Path);
    }

    private string Away(string path)
    {
        Directory.CreateDirectory(lostDirectory);
        string away = Path.Combine(lostDirectory, $"{Interlocked.Increment(ref _lost)}");
        Rename(path, away);
        return away;
    }

    /// <summary>What is remembered of a file, or of names in a directory, moves with it.</summary>
    private void Rename(string from, string to)
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
        foreach (string path in _files.Keys.Where(p => IsUnder(p, from)).ToArray())
        {
            _files.Remove(path, out var bytes);
            _files[to + path[from.Length..]] = bytes!;
        }
        foreach (var change in _changes)
        {
            if (IsUnder(change.Path, from)) change.Path = to + change.Path[from.Length..];
            if (change.From is { } old && old.StartsWith(from + "/", StringComparison.Ordinal)) change.From = to + old[from.Length..];
        }
    }

    private static bool IsUnder(string path, string directory) => path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    /// <summary>Made when it has neither of the two others, deleted with <see cref="Away"/> alone, else renamed.</summary>
    private sealed class NameChange
    {
        public required string Path { get; set; }

        public string? From { get; set; }

        public string? Away { get; init; }
    }
}
