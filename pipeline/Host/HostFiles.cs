using System.Text;

namespace Streamline.Pipeline.Host;

/// <summary>Reads the small files of /proc and /sys into one buffer that is used again. Where these file systems are mounted can be set.</summary>
internal sealed class HostFiles(string procPath, string sysPath, string rootfsPath)
{
    // Files of /proc grow with devices, processors and mounts; one larger than this is cut off rather than believed.
    private const int MaxBytes = 4 << 20;

    private byte[] _buffer = new byte[16 << 10];

    public string SysPath { get; } = sysPath;

    public string RootfsPath { get; } = rootfsPath;

    /// <summary>Contents of a file under the proc path, valid until the next read; false when it cannot be read.</summary>
    public bool TryProc(string name, out ReadOnlySpan<byte> content) => TryRead(Path.Combine(procPath, name), out content);

    /// <summary>A one-line file under the sys path, trimmed; empty when it cannot be read.</summary>
    public string SysLine(string name) => TryRead(Path.Combine(SysPath, name), out var content) ? Encoding.UTF8.GetString(content).Trim() : "";

    private bool TryRead(string path, out ReadOnlySpan<byte> content)
    {
        content = default;
        try
        {
            using var file = File.OpenHandle(path);
            int used = 0;
            while (true)
            {
                int read = RandomAccess.Read(file, _buffer.AsSpan(used), used);
                used += read;
                if (read == 0 || used >= MaxBytes) break;
                if (used == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            }
            content = _buffer.AsSpan(0, used);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
