using System.Security.Cryptography;
using System.Text;

namespace Streamline.Pipeline.Config;

/// <summary>
/// The files behind a configuration as they were when it was read: the main file, those that it names, those whose contents were filled in. Filled by one load,
/// then read only.
/// </summary>
internal sealed class ConfigSources
{
    private static readonly byte[] Unreadable = [];

    private readonly Dictionary<string, byte[]> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _globs = [];

    /// <summary>All files.</summary>
    public IReadOnlyCollection<string> Files => _seen.Keys;

    /// <summary>A file that was read, with its text.</summary>
    public void Add(string path, string text) => _seen[path] = Digest(text);

    /// <summary>A glob that names files: one that comes or goes is a change too.</summary>
    public void AddGlob(string pattern) => _globs.Add(pattern);

    /// <summary>Files of a glob that are read later, by others.</summary>
    public void AddUnread(string pattern)
    {
        AddGlob(pattern);
        foreach (string file in ConfigFiles.Expand(pattern)) _seen.TryAdd(file, DigestOf(file));
    }

    /// <summary>Whether a file reads differently now, cannot be read, is gone, or has come. Reads them all.</summary>
    public bool HaveChanged()
    {
        if (_globs.SelectMany(ConfigFiles.Expand).Any(file => !_seen.ContainsKey(file))) return true;
        foreach (var (path, digest) in _seen)
        {
            if (!DigestOf(path).AsSpan().SequenceEqual(digest)) return true;
        }
        return false;
    }

    private static byte[] DigestOf(string path) => ConfigFiles.Read(path, new ConfigErrors(), isConfig: false) is { } text ? Digest(text) : Unreadable;

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
