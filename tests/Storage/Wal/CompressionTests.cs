using System.Diagnostics;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Wal;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

public sealed class CompressionTests
{
    [Theory]
    [InlineData(WalCompression.None, 0)]
    [InlineData(WalCompression.Snappy, WalFormat.SnappyBit)]
    [InlineData(WalCompression.Zstd, WalFormat.ZstdBit)]
    public void EveryKind_IsWrittenAndReadBack(WalCompression kind, byte bit)
    {
        SkipWithoutZstd(kind);
        using var s = new Scenario(o => o with { WalCompression = kind });
        s.Commit(Many(0));
        string[] before = s.Read();
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(bit, File.ReadAllBytes(s.Segments[0])[0] & ~WalFormat.PositionMask);
    }

    [Fact]
    public void Zstd_MakesALogSmallerThanSnappy()
    {
        SkipWithoutZstd(WalCompression.Zstd);
        long Size(WalCompression kind)
        {
            using var s = new Scenario(o => o with { WalCompression = kind });
            for (int i = 0; i < 20; i++) s.Commit(Many(i));
            s.Crash();
            return new FileInfo(s.Segments[0]).Length;
        }
        Assert.True(Size(WalCompression.Zstd) < Size(WalCompression.Snappy));
        Assert.True(Size(WalCompression.Snappy) < Size(WalCompression.None));
    }

    [Fact]
    public void AllKindsInOneDirectory_AreRead_CheckpointIncluded()
    {
        SkipWithoutZstd(WalCompression.Zstd);
        using var s = new Scenario(o => o with { WalSegmentBytes = 32 << 10 });
        foreach (var (kind, index) in new[] { WalCompression.Zstd, WalCompression.None, WalCompression.Snappy, WalCompression.Zstd }.Select((k, i) => (k, i)))
        {
            s.Crash();
            s.Open(o => o with { WalCompression = kind });
            for (long t = index * Hour; t < (index + 1) * Hour; t += 20_000) s.Commit(("a", Start + t, t), ($"b,i={t % 7}", Start + t, Math.Sin(t)));
        }
        s.Db.Maintain();
        Assert.NotEmpty(Directory.GetDirectories(s.Wal));
        string[] before = s.Read();
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    [Fact]
    public void ZstdWithoutTheLibrary_RefusesToOpen_AndLeavesTheLogAsItIs()
    {
        SkipWithoutZstd(WalCompression.Zstd);
        using var s = new Scenario(o => o with { WalCompression = WalCompression.Zstd });
        s.Commit(Many(0));
        string[] before = s.Read();
        s.Crash();
        byte[] log = File.ReadAllBytes(s.Segments[0]);
        var error = Assert.Throws<ZstdMissingException>(() => s.Open(o => o with { Zstd = null }));
        Assert.Contains("libzstd.so.1 is not installed", error.Message, StringComparison.Ordinal);
        Assert.Contains(s.Segments[0], error.Message, StringComparison.Ordinal);
        Assert.Equal(log, File.ReadAllBytes(s.Segments[0]));
        Assert.Throws<ZstdMissingException>(() => Tsdb.Open(s.Options with { Zstd = null, ReadOnly = true }));
        s.Open();
        Assert.Equal(before, s.Read());
    }

    [Fact]
    public void ZstdAsked_WithoutTheLibrary_WarnsAndWritesSnappy()
    {
        using var s = new Scenario(o => o with { WalCompression = WalCompression.Zstd, Zstd = null });
        Assert.Contains(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("snappy", StringComparison.Ordinal));
        s.Commit(Many(0));
        Assert.Equal(WalFormat.SnappyBit, File.ReadAllBytes(s.Segments[0])[0] & ~WalFormat.PositionMask);
    }

    [Fact]
    public void Load_OfALibraryThatIsNoZstd_IsNull()
    {
        Assert.Null(Zstd.Load("libsurely-missing.so.1"));
        Assert.Null(Zstd.Load("libc.so.6"));
    }

    [Fact]
    public async Task Frames_OfTheZstdProgram_AreRead_DeclaredLengthOrNot()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zstd"), "zstd is not installed (apt install zstd)");
        SkipWithoutZstd(WalCompression.Zstd);
        using var s = new Scenario(o => o with { WalCompression = WalCompression.None });
        s.Commit(Many(0));
        string[] before = s.Read();
        s.Crash();
        var records = new List<byte[]>();
        using (var reader = new WalReader(DataFiles.Disk, s.Segments[0], null))
        {
            while (reader.Next(out var record)) records.Add(record.ToArray());
        }
        foreach (bool declared in (bool[])[true, false])
        {
            using (var file = File.Create(s.Segments[0]))
            {
                foreach (byte[] record in records) WriteRecord(file, await PackByProgram(record, declared));
            }
            s.Open();
            Assert.Equal(before, s.Read());
            s.Crash();
        }
    }

    [Fact]
    public void Decoder_TakesNoLengthBeyondTheBound_AndNoDamage()
    {
        SkipWithoutZstd(WalCompression.Zstd);
        using var encoder = new ZstdEncoder(Zstd.Installed!);
        using var decoder = new ZstdDecoder(Zstd.Installed!);
        byte[] data = new byte[10_000], packed = new byte[encoder.MaxEncodedBytes(data.Length)], buffer = [];
        new Random(7).NextBytes(data.AsSpan(0, 3000));
        int bytes = encoder.Encode(data, packed);
        Assert.False(decoder.TryDecode(packed.AsSpan(0, bytes), data.Length - 1, ref buffer, out _));
        Assert.Empty(buffer);
        Assert.True(decoder.TryDecode(packed.AsSpan(0, bytes), data.Length, ref buffer, out int written));
        Assert.Equal(data, buffer[..written]);
        Assert.False(decoder.TryDecode(packed.AsSpan(0, bytes - 1), data.Length, ref buffer, out _));
        Assert.False(decoder.TryDecode(data.AsSpan(0, 100), data.Length, ref buffer, out _));
        var random = new Random(42);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = packed[..bytes];
            damaged[random.Next(bytes)] ^= (byte)(1 << random.Next(8));
            decoder.TryDecode(damaged, 1 << 20, ref buffer, out _);
        }
    }

    [Fact]
    public void DamagedZstdRecord_IsCutOffLikeAnyOther()
    {
        SkipWithoutZstd(WalCompression.Zstd);
        using var s = new Scenario(o => o with { WalCompression = WalCompression.Zstd });
        s.Commit(("a", Start, 1));
        s.Crash();
        using (var file = new FileStream(s.Segments[0], FileMode.Append)) WriteRecord(file, [1, 2, 3, 4, 5]);
        s.Open();
        Assert.Equal(["{__name__=\"a\"} 0=1"], s.Read());
        Assert.Contains(s.Log, l => l.Contains("zstd frame does not unpack", StringComparison.Ordinal));
    }

    private static (string, long, double)[] Many(int step) =>
        [.. Enumerable.Range(0, 500).Select(i => ($"requests_total,path=/a/long/path/that/repeats/{i},method=GET", Start + step * 1000L, (double)(step + i)))];

    private static void SkipWithoutZstd(WalCompression kind) =>
        Assert.SkipUnless(kind != WalCompression.Zstd || Zstd.Installed is not null, "libzstd.so.1 is not installed (apt install libzstd1)");

    private static async Task<byte[]> PackByProgram(byte[] record, bool declared)
    {
        var start = new ProcessStartInfo("/usr/bin/zstd", declared ? ["-c", "-q", $"--stream-size={record.Length}"] : ["-c", "-q"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = new MemoryStream();
        var copy = process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.StandardInput.BaseStream.WriteAsync(record);
        process.StandardInput.Close();
        await copy;
        byte[] packed = output.ToArray();
        Assert.Equal(declared ? record.Length : Zstd.Unknown, Zstd.Installed!.DeclaredLength(packed));
        return packed;
    }

    // One fragment a record: the records of these tests are smaller than a page.
    private static void WriteRecord(FileStream file, byte[] packed)
    {
        Span<byte> header = stackalloc byte[WalFormat.HeaderBytes];
        header[0] = WalFormat.Full | WalFormat.ZstdBit;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(header[1..], (ushort)packed.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header[3..], Crc32C.Of(packed));
        file.Write(header);
        file.Write(packed);
    }
}
