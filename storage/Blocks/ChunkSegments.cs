using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Blocks;

/// <summary>A block's segment files, open for reading. Thread safe.</summary>
internal sealed class ChunkSegments : IDisposable
{
    private readonly List<(SafeFileHandle Handle, string Path, long Length)> _files = [];

    /// <summary>Opens the files 000001, 000002 … of the directory and checks their headers.</summary>
    public ChunkSegments(string directory)
    {
        try
        {
            for (string path; File.Exists(path = Path.Combine(directory, ChunkFiles.NameOf(_files.Count)));)
            {
                var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
                _files.Add((handle, path, RandomAccess.GetLength(handle)));
                CheckHeader(_files.Count - 1);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => _files.Count;

    public FileWindow NewWindow(int segment) => new(_files[segment].Handle, _files[segment].Path, _files[segment].Length);

    public void Dispose()
    {
        foreach (var file in _files) file.Handle.Dispose();
    }

    private void CheckHeader(int segment)
    {
        using var window = NewWindow(segment);
        var header = window.Read(0, ChunkFiles.HeaderBytes);
        if (BinaryPrimitives.ReadUInt32BigEndian(header) != ChunkFiles.Magic) throw new StorageCorruptionException(window.File, 0, "not a chunk file: wrong magic number");
        if (header[4] != ChunkFiles.Version) throw new StorageCorruptionException(window.File, 4, $"chunk file version {header[4]}");
    }
}
