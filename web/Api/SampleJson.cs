using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Streamline.Query;
using Streamline.Storage;

namespace Streamline.Web.Api;

/// <summary>Samples and labels in the API's JSON: <c>[1435781430.781,"1"]</c>. Hot path of large answers: nothing is allocated per point.</summary>
internal static class SampleJson
{
    private const int PointsAtOnce = 32;

    // A comma and brackets, a time of at most 22 bytes, a value.
    private const int MaxPointBytes = FloatText.MaxBytes + PointTimes.SlotBytes + 3;

    public static void WriteLabels(Utf8JsonWriter json, Labels labels)
    {
        json.WriteStartObject();
        foreach (var pair in labels) json.WriteString(pair.Name, pair.Value);
        json.WriteEndObject();
    }

    /// <summary>Points into the array that is open: as raw text, many at a time, a fraction of the time of three calls of the JSON writer for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AppendPoints(Utf8JsonWriter json, PointTimes? times, ReadOnlySpan<long> timestampsMs, ReadOnlySpan<double> values)
    {
        Span<byte> text = stackalloc byte[PointsAtOnce * MaxPointBytes];
        for (int i = 0; i < timestampsMs.Length;)
        {
            int used = 0;
            for (int end = Math.Min(timestampsMs.Length, i + PointsAtOnce); i < end; i++)
            {
                if (used > 0) text[used++] = (byte)',';
                if (times is null || !times.TryCopy(timestampsMs[i], text[used..], out int start)) start = FormatPointStart(timestampsMs[i], text[used..]);
                used += start;
                used += FormatPointEnd(values[i], text[used..]);
            }
            json.WriteRawValue(text[..used], skipInputValidation: true);
        }
    }

    public static void WritePoint(Utf8JsonWriter json, long timestampMs, double value)
    {
        Span<byte> text = stackalloc byte[MaxPointBytes];
        json.WriteRawValue(text[..FormatPoint(timestampMs, value, text)], skipInputValidation: true);
    }

    public static void WriteHistograms(Utf8JsonWriter json, ReadOnlySpan<long> timestampsMs, ReadOnlySpan<NativeHistogram> histograms)
    {
        json.WriteStartArray();
        for (int i = 0; i < histograms.Length; i++) WriteHistogram(json, timestampsMs[i], histograms[i]);
        json.WriteEndArray();
    }

    // The first number of a bucket says which of its bounds belong to it (reference H4); empty buckets are left out.
    public static void WriteHistogram(Utf8JsonWriter json, long timestampMs, NativeHistogram histogram)
    {
        json.WriteStartArray();
        WriteTime(json, timestampMs);
        json.WriteStartObject();
        json.WritePropertyName("count"u8);
        WriteNumber(json, histogram.Count);
        json.WritePropertyName("sum"u8);
        WriteNumber(json, histogram.Sum);
        bool any = false;
        foreach (HistogramBucket bucket in histogram.Buckets())
        {
            if (bucket.Count == 0) continue;
            if (!any) json.WriteStartArray("buckets"u8);
            any = true;
            WriteBucket(json, bucket);
        }
        if (any) json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteBucket(Utf8JsonWriter json, HistogramBucket bucket)
    {
        json.WriteStartArray();
        json.WriteNumberValue(bucket.LowerInclusive ? bucket.UpperInclusive ? 3 : 1 : bucket.UpperInclusive ? 0 : 2);
        WriteNumber(json, bucket.Lower);
        WriteNumber(json, bucket.Upper);
        WriteNumber(json, bucket.Count);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, double value)
    {
        Span<byte> text = stackalloc byte[FloatText.MaxBytes];
        json.WriteStringValue(text[..FloatText.Write(value, text)]);
    }

    public static void WriteTime(Utf8JsonWriter json, long timestampMs)
    {
        Span<byte> text = stackalloc byte[32];
        json.WriteRawValue(text[..FormatTime(timestampMs, text)], skipInputValidation: true);
    }

    /// <summary>Bracket, time, comma, quote: at most <see cref="PointTimes.SlotBytes"/>.</summary>
    public static int FormatPointStart(long timestampMs, Span<byte> text)
    {
        text[0] = (byte)'[';
        int used = 1 + FormatTime(timestampMs, text[1..]);
        text[used++] = (byte)',';
        text[used++] = (byte)'"';
        return used;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FormatPointEnd(double value, Span<byte> text)
    {
        int used = FloatText.Write(value, text);
        text[used++] = (byte)'"';
        text[used++] = (byte)']';
        return used;
    }

    private static int FormatPoint(long timestampMs, double value, Span<byte> text)
    {
        int used = FormatPointStart(timestampMs, text);
        return used + FormatPointEnd(value, text[used..]);
    }

    // Seconds with up to three decimals, none when whole (reference H4).
    private static int FormatTime(long timestampMs, Span<byte> text)
    {
        int used = 0;
        if (timestampMs < 0) text[used++] = (byte)'-';
        ulong size = timestampMs < 0 ? unchecked((ulong)-timestampMs) : (ulong)timestampMs;
        _ = Utf8Formatter.TryFormat(size / 1000, text[used..], out int written);
        used += written;
        int fraction = (int)(size % 1000);
        if (fraction == 0) return used;
        text[used++] = (byte)'.';
        text[used++] = (byte)('0' + fraction / 100);
        text[used++] = (byte)('0' + fraction / 10 % 10);
        text[used++] = (byte)('0' + fraction % 10);
        while (text[used - 1] == '0') used--;
        return used;
    }
}
