using System.Text;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>A machine made of files: what a test writes is what stands in /proc and /sys.</summary>
internal sealed class HostFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("streamline-host-").FullName;

    public string Proc => Path.Combine(_path, "proc");

    public string Sys => Path.Combine(_path, "sys");

    public string Root => Path.Combine(_path, "root");

    public HostFolder Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public HostFolder Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return this;
    }

    public void Delete(string name) => File.Delete(Path.Combine(_path, name));

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
