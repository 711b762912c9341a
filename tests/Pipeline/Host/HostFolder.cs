using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>A machine made of files: what a test writes is what stands in /proc and /sys.</summary>
internal sealed class HostFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("streamline-host-").FullName;

    public string Proc => Path.Combine(_path, "proc");

    public string Sys => Path.Combine(_path, "sys");

    public string Udev => Path.Combine(_path, "udev");

    public string Root => Path.Combine(_path, "root");

    public HostFolder Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public HostFolder Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return this;
    }

    /// <summary>A machine as text: a line is <c>path = content</c>, in which \n, \t and \\ are what they are in C, or <c>path -> target</c> of a link.</summary>
    public HostFolder Fill(string text)
    {
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(" -> ", 2) is [var link, var target] && !link.Contains(" = ", StringComparison.Ordinal)) Link(link, target);
            else if (line.Split(" = ", 2) is [var path, var content]) Write(path, Regex.Unescape(content));
            else throw new FormatException(line);
        }
        return this;
    }

    /// <summary>A link as /sys has many: the target is relative to the link's folder.</summary>
    public HostFolder Link(string name, string target)
    {
        string path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
        return this;
    }

    /// <summary>A pipe without anyone at its other end: who opens it as a file waits for ever.</summary>
    public HostFolder Pipe(string name)
    {
        string path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (MakePipe(Encoding.UTF8.GetBytes(path + '\0'), 0x1A4) != 0) throw new IOException($"no pipe at {path}");
        return this;
    }

    public void Delete(string name) => File.Delete(Path.Combine(_path, name));

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [DllImport("libc", EntryPoint = "mkfifo")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe(byte[] path, uint mode);
}
