using System.Globalization;
using System.Text.RegularExpressions;
using Streamline.Query.Histograms;
using Streamline.Storage;

namespace Streamline.Conformance.Scripting;

/// <summary>Reads <c>{{schema:0 sum:5 count:4 buckets:[1 2 1]}}</c> and its series.</summary>
internal static partial class HistogramReader
{
    /// <summary>Reads one histogram, with or without the double braces; <paramref name="hintSet"/> says that it names a hint.</summary>
    public static NativeHistogram Read(string text, out bool hintSet)
    {
        string body = text.StartsWith("{{", StringComparison.Ordinal) ? text[2..^2] : text;
        Dictionary<string, string> parts = Parts(body);
        hintSet = parts.ContainsKey("counter_reset_hint");
        double[] positive = Numbers(parts, "buckets"), negative = Numbers(parts, "n_buckets");
        return new NativeHistogram
        {
            Schema = (int)Number(parts, "schema"),
            Count = Number(parts, "count"),
            Sum = Number(parts, "sum"),
            ZeroCount = Number(parts, "z_bucket"),
            ZeroThreshold = Number(parts, "z_bucket_w"),
            ResetHint = Hint(parts.GetValueOrDefault("counter_reset_hint", "unknown")),
            PositiveBucketArray = positive,
            PositiveSpanArray = Spans(positive, (int)Number(parts, "offset")),
            NegativeBucketArray = negative,
            NegativeSpanArray = Spans(negative, (int)Number(parts, "n_offset")),
            CustomBoundArray = Numbers(parts, "custom_values"),
        };
    }

    /// <summary>The base, and so many more, each the one before plus or minus the increment.</summary>
    public static IEnumerable<NativeHistogram> Series(NativeHistogram first, NativeHistogram? increment, bool subtracts, int times)
    {
        NativeHistogram current = first;
        yield return current;
        for (int i = 0; i < times; i++)
        {
            if (increment is not null)
            {
                if (current.Schema > increment.Schema) throw new FormatException($"cannot merge from schema {increment.Schema} to {current.Schema}");
                WorkingHistogram sum = WorkingHistogram.Of(current), other = WorkingHistogram.Of(increment);
                MergeNotes notes = subtracts ? sum.Subtract(other) : sum.Add(other);
                if ((notes & MergeNotes.Incompatible) != 0) throw new FormatException("histograms of different kinds");
                current = sum.ToHistogram();
            }
            yield return current;
        }
    }

    private static Dictionary<string, string> Parts(string body)
    {
        Dictionary<string, string> parts = [];
        int at = 0;
        while (at < body.Length)
        {
            Match part = Part().Match(body, at);
            if (!part.Success || part.Index != at) throw new FormatException($"cannot read the histogram {{{{{body}}}}}");
            if (part.Groups["key"].Success && !parts.TryAdd(part.Groups["key"].Value, part.Groups["value"].Value))
                throw new FormatException($"duplicate key {part.Groups["key"].Value}");
            at += part.Length;
        }
        string? unknown = parts.Keys.FirstOrDefault(k => !Keys.Contains(k));
        return unknown is null ? parts : throw new FormatException($"unknown key {unknown}");
    }

    private static readonly string[] Keys =
        ["schema", "sum", "count", "z_bucket", "z_bucket_w", "custom_values", "buckets", "offset", "n_buckets", "n_offset", "counter_reset_hint"];

    private static double Number(Dictionary<string, string> parts, string key) => parts.TryGetValue(key, out string? text) ? Number(text) : 0;

    private static double Number(string text) => text.TrimStart('+', '-').ToUpperInvariant() switch
    {
        "INF" => text.StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity,
        "NAN" => double.NaN,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static double[] Numbers(Dictionary<string, string> parts, string key) =>
        parts.TryGetValue(key, out string? text) ? [.. text.Trim('[', ']').Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)] : [];

    private static HistogramSpan[] Spans(double[] buckets, int offset) => buckets.Length == 0 ? [] : [new HistogramSpan(offset, (uint)buckets.Length)];

    private static CounterResetHint Hint(string text) => text switch
    {
        "unknown" => CounterResetHint.Unknown,
        "reset" => CounterResetHint.Reset,
        "not_reset" => CounterResetHint.NotReset,
        "gauge" => CounterResetHint.Gauge,
        _ => throw new FormatException($"unknown hint {text}"),
    };

    [GeneratedRegex(@"\s+|(?<key>[a-z_]+):(?<value>\[[^\]]*\]|[^\s\[\]]+)")]
    private static partial Regex Part();
}
