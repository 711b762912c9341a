using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Histograms;

/// <summary>The frame of chunks of native histograms, encodings 2 (integers) and 3 (floats): sample count, a byte of flags, layout, samples (docs/chunks.md).</summary>
internal static class HistogramChunk
{
    /// <summary>Integer histograms in chunk files.</summary>
    public const byte IntegerEncoding = 2;

    /// <summary>Float histograms in chunk files.</summary>
    public const byte FloatEncoding = 3;

    /// <summary>Integer histograms with start times: only read (tsdb/chunkenc/histogram_st.go).</summary>
    public const byte IntegerStartEncoding = 5;

    /// <summary>Float histograms with start times: only read.</summary>
    public const byte FloatStartEncoding = 6;

    /// <summary>Bytes in front of the layout.</summary>
    public const int HeaderBytes = 3;

    /// <summary>Bytes that a chunk aims at.</summary>
    public const int TargetBytes = 1024;

    /// <summary>A chunk is not ended for its size with fewer samples than this.</summary>
    public const int LeastSamples = 10;

    private const int FlagsAt = 2, HintShift = 6;

    /// <summary>Histograms, not floats.</summary>
    public static bool IsEncoding(byte encoding) => encoding is IntegerEncoding or FloatEncoding or IntegerStartEncoding or FloatStartEncoding;

    public static bool IsInteger(byte encoding) => encoding is IntegerEncoding or IntegerStartEncoding;

    public static bool HasStarts(byte encoding) => encoding is IntegerStartEncoding or FloatStartEncoding;

    /// <summary>Samples that a chunk's header declares, of floats or histograms. With start times the upper two bits say something else.</summary>
    public static int CountOf(ReadOnlySpan<byte> chunk, byte encoding) => HasStarts(encoding) ? XorChunk.CountOf(chunk) & 0x3FFF : XorChunk.CountOf(chunk);

    public static byte EncodingOf(NativeHistogram histogram) => histogram.IsInteger ? IntegerEncoding : FloatEncoding;

    public static void SetCount(Span<byte> chunk, int samples) => BinaryPrimitives.WriteUInt16BigEndian(chunk, (ushort)samples);

    // The two bits are 00 unknown, 10 reset, 01 no reset, 11 gauge; the hints count otherwise.
    public static void SetHeader(Span<byte> chunk, CounterResetHint header) => chunk[FlagsAt] = (byte)(header switch
    {
        CounterResetHint.Unknown => 0,
        CounterResetHint.NotReset => 1,
        CounterResetHint.Reset => 2,
        CounterResetHint.Gauge => 3,
    } << HintShift);

    public static CounterResetHint HeaderOf(ReadOnlySpan<byte> chunk, byte encoding = IntegerEncoding) => (chunk[HasStarts(encoding) ? 0 : FlagsAt] >> HintShift) switch
    {
        0 => CounterResetHint.Unknown,
        1 => CounterResetHint.NotReset,
        2 => CounterResetHint.Reset,
        _ => CounterResetHint.Gauge,
    };
}
