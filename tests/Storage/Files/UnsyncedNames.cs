namespace Streamline.Storage.Tests.Files;

/// <summary>
/// Names made, changed and taken away since their directory was last forced to the disk, and how to undo that. What is deleted lies in a directory of its own
/// until then.
/// </summary>
internal sealed class UnsyncedNames(string lostDirectory)
{
    private readonly List<(string Directory, Action Undo)> _changes = [];
    private readonly Dictionary<string, UnsyncedBytes> _files = new(StringComparer.Ordinal);
    private int _lost;

    /// <summary>The state of the file that has a name now.</summary>
    public UnsyncedBytes FileAt(string path)
    {
        if (!_files.TryGetValue(path, out var bytes)) _files[path] = bytes = new UnsyncedBytes();
        return bytes;
    }

    public void Created(string path) => Add(path, () => Away(path));

    public void Linked(string existing, string name)
    {
        _files[name] = FileAt(existing);
        Add(name, () => Away(name));
    }

    public void Replace(string from, string to)
    {
        string? old = File.Exists(to) ? Away(to) : null;
        Rename(from, to);
        Add(to, () =>
        {
            Rename(to, from);
            if (old is not null) Rename(old, to);
        });
    }

    public void Move(string from, string to)
    {
        Rename(from, to);
        Add(to, () => Rename(to, from));
    }

    public void Delete(string path)
    {
        string away = Away(path);
        Add(path, () => Rename(away, path));
    }

    public void Synced(string directory) => _changes.RemoveAll(c => c.Directory == directory);

    public void Lose(PowerLoss loss)
    {
        foreach (var (path, bytes) in _files)
        {
            if (File.Exists(path)) bytes.Lose(path, loss);
        }
        if (loss != PowerLoss.LeavesZeros)
        {
            for (int i = _changes.Count - 1; i >= 0; i--) _changes[i].Undo();
        }
        _changes.Clear();
        _files.Clear();
    }

    private void Add(string path, Action undo) => _changes.Add((Path.GetDirectoryName(path)!, undo));

    private string Away(string path)
    {
        Directory.CreateDirectory(lostDirectory);
        string away = Path.Combine(lostDirectory, $"{_lost++}");
        Rename(path, away);
        return away;
    }

    private void Rename(string from, string to)
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
        foreach (string path in _files.Keys.Where(p => p == from || p.StartsWith(from + "/", StringComparison.Ordinal)).ToArray())
        {
            _files.Remove(path, out var bytes);
            _files[to + path[from.Length..]] = bytes!;
        }
    }
}
