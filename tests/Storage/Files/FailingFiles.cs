using System.IO.Enumeration;
using Streamline.Storage.Blocks;
using Streamline.Storage.Files;

namespace Streamline.Storage.Tests.Files;

/// <summary>
/// A file system that fails when told to. Operations are named <c>kind path</c>, the path relative to the root with <c>ULID</c> in the place of block names: <c>write
/// wal/00000000</c>, <c>move ULID.tmp-for-creation</c>. Once killed it refuses every change; <see cref="Cut"/> then takes from the disk what was not forced to it.
/// </summary>
internal sealed class FailingFiles(string root) : DataFiles
{
    /// <summary>Behind the root's name: where deleted files lie until their directory is forced to the disk.</summary>
    public const string LostSuffix = ".lost";

    private readonly UnsyncedNames _names = new(root + LostSuffix);
    private readonly Lock _lock = new();
    private readonly List<string> _operations = [];
    private string _pattern = "";
    private int _matchesLeft;
    private Fault _fault;
    private bool _lasting;

    /// <summary>Changes asked for so far, in order.</summary>
    public IReadOnlyList<string> Operations => _operations;

    /// <summary>Dead: nothing is changed any more.</summary>
    public bool IsKilled { get; private set; }

    /// <summary>Fails at the <paramref name="nth"/> change from now on whose name matches a glob of <c>*</c>.</summary>
    public FailingFiles On(string pattern, Fault fault, int nth = 1)
    {
        (_pattern, _fault, _matchesLeft) = (pattern, fault, nth);
        return this;
    }

    /// <summary>Fails at the <paramref name="nth"/> change from now on, counted from 1.</summary>
    public FailingFiles OnOperation(int nth, Fault fault) => On("*", fault, nth);

    /// <summary>Nothing fails any more; the dead stay dead.</summary>
    public void Heal()
    {
        _lasting = false;
        _matchesLeft = 0;
    }

    /// <summary>The power fails: what was not forced to the disk is lost as told.</summary>
    public void Cut(PowerLoss loss)
    {
        IsKilled = true;
        _names.Lose(loss);
    }

    public override DataFile Create(string path, bool replace = false)
    {
        FailingFile? file = null;
        Change("create", path, () =>
        {
            bool existed = File.Exists(path);
            var handle = Open(path, replace ? FileMode.OpenOrCreate : FileMode.CreateNew, FileAccess.ReadWrite);
            if (!existed) _names.Created(path);
            file = new FailingFile(this, _names.FileAt(path), path, handle);
            if (existed) file.Truncate(0);
        });
        return file!;
    }

    public override DataFile OpenRead(string path) => new FailingFile(this, _names.FileAt(path), path, Open(path, FileMode.Open, FileAccess.Read));

    public override DataFile OpenWrite(string path) => new FailingFile(this, _names.FileAt(path), path, Open(path, FileMode.Open, FileAccess.ReadWrite));

    protected override void MakeDirectory(string path) => Change("create-directory", path, () =>
    {
        base.MakeDirectory(path);
        _names.Created(path);
    });

    public override void Replace(string from, string to) => Change("replace", to, () => _names.Replace(from, to));

    public override void MoveDirectory(string from, string to) => Change("move", from, () => _names.Move(from, to));

    public override bool TryLink(string existing, string name)
    {
        bool done = false;
        Change("link", name, () =>
        {
            done = base.TryLink(existing, name);
            if (done) _names.Linked(existing, name);
        });
        return done;
    }

    public override void Delete(string path)
    {
        if (File.Exists(path)) Change("delete", path, () => _names.Delete(path));
    }

    /// <summary>One operation for each name, as the system's own would be.</summary>
    public override void DeleteDirectory(string path)
    {
        foreach (string file in Directory.GetFiles(path).Order(StringComparer.Ordinal)) Delete(file);
        foreach (string directory in Directory.GetDirectories(path).Order(StringComparer.Ordinal)) DeleteDirectory(directory);
        Change("delete-directory", path, () => _names.Delete(path));
    }

    public override void SyncDirectory(string path) => Change("sync-directory", path, () => _names.Synced(path));

    /// <summary>Runs a change, or what is to happen in its place; <paramref name="half"/> is what a change cut short does.</summary>
    internal void Change(string kind, string path, Action run, Action? half = null)
    {
        lock (_lock)
        {
            if (IsKilled) throw new IOException($"killed before {kind} {path}");
            string name = $"{kind} {NameOf(path)}";
            _operations.Add(name);
            if (FaultAt(name) is not { } fault)
            {
                run();
                return;
            }
            if (fault is Fault.KillDuring or Fault.NoSpace) half?.Invoke();
            if (fault is Fault.KillAfter) run();
            if (fault is Fault.KillBefore or Fault.KillDuring or Fault.KillAfter)
            {
                IsKilled = true;
                throw new IOException($"killed at {name}");
            }
            if (fault == Fault.NoSpace) throw new IOException($"No space left on device : '{path}'");
            throw new IOException($"Input/output error : '{path}'");
        }
    }

    private Fault? FaultAt(string name)
    {
        if (_fault == Fault.NoSpace && !TakesRoom(name)) return null;
        if (_lasting) return Matches(name) ? _fault : null;
        return _matchesLeft > 0 && Matches(name) && --_matchesLeft == 0 ? Begin() : null;
    }

    private Fault Begin()
    {
        _lasting = _fault is Fault.NoSpace or Fault.InputOutput;
        return _fault;
    }

    private static bool TakesRoom(string name) => name.StartsWith("write", StringComparison.Ordinal) || name.StartsWith("create", StringComparison.Ordinal) || name.StartsWith("link", StringComparison.Ordinal);

    private bool Matches(string name) => FileSystemName.MatchesSimpleExpression(_pattern, name, ignoreCase: false);

    private string NameOf(string path) => string.Join('/', Path.GetRelativePath(root, path).Split('/').Select(WithoutUlid));

    private static string WithoutUlid(string name) => name.Length >= Ulid.Length && Ulid.IsValid(name.AsSpan(0, Ulid.Length)) ? "ULID" + name[Ulid.Length..] : name;
}
