using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Blocks;

/// <summary>A block's segment files, open for reading. Thread safe.</summary>
internal sealed class ChunkSegments : IDisposable
{
    private readonly List<(DataFile File, long Length)> _files = [];

    /// <summary>Opens the files 000001, 000002 … of the directory and checks their headers.</summary>
    public ChunkSegments(DataFiles files, string directory)
    {
        Directory = directory;
        try
        {
            for (string path; File.Exists(path = Path.Combine(directory, ChunkFiles.NameOf(_files.Count)));)
            {
                var file = files.OpenRead(path);
                _files.Add((file, file.Length));
                CheckHeader(_files.Count - 1);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Directory { get; }

    public int Count => _files.Count;

    public FileWindow NewWindow(int segment) => new(_files[segment].File, _files[segment].Length);

    public void Dispose()
    {
        foreach (var file in _files) file.File.Dispose();
    }

    private void CheckHeader(int segment)
    {
        using var window = NewWindow(segment);
        var header = window.Read(0, ChunkFiles.HeaderBytes);
        if (BinaryPrimitives.ReadUInt32BigEndian(header) != ChunkFiles.Magic) throw new StorageCorruptionException(window.File, 0, "not a chunk file: wrong magic number");
        if (header[4] != ChunkFiles.Version) throw new StorageCorruptionException(window.File, 4, $"chunk file version {header[4]}");
    }
}
