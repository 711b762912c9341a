using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>What a backfill reads and where it writes.</summary>
public sealed record BackfillOptions
{
    /// <summary>File in OpenMetrics text, every sample with its timestamp, each series in time order.</summary>
    public required string InputFile { get; init; }

    /// <summary>Data directory that the blocks are made in.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Longest block; the largest of 2 h, 6 h, 18 h … that fits is taken.</summary>
    public long MaxBlockDurationMs { get; init; }

    /// <summary>Labels that every series gets, in the place of its own of that name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Clock, for the blocks' names.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of each block's directory when it is in place.</summary>
    public Action<string> BlockWritten { get; init; } = static _ => { };
}

/// <summary>Makes blocks of a file in OpenMetrics text, as <c>promtool tsdb create-blocks-from openmetrics</c> does: one for each aligned range that has samples.</summary>
public static class Backfill
{
    private const long LeastDurationMs = 2 * 3600 * 1000;
    private const int Ranges = 10;

    /// <summary>Reads the file once to know its times, then once for each block.</summary>
    /// <exception cref="InvalidDataException">The file is not OpenMetrics, or a sample cannot be taken; the message has file and line. Blocks already told of stay.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static void Run(BackfillOptions options)
    {
        byte[] input = File.ReadAllBytes(options.InputFile);
        var (first, last) = TimesOf(options, input);
        if (first > last) return;
        long duration = DurationOf(options.MaxBlockDurationMs);
        for (long start = first / duration * duration; start <= last;)
        {
            long next = WriteBlock(options, input, start, duration);
            // Ranges without samples are passed over at once.
            start = next == long.MaxValue ? start + duration : Math.Max(start + duration, next / duration * duration);
        }
    }

    private static long DurationOf(long longest)
    {
        long duration = LeastDurationMs;
        for (int i = 1; i < Ranges && duration * 3 <= longest; i++) duration *= 3;
        return duration;
    }

    private static (long First, long Last) TimesOf(BackfillOptions options, byte[] input)
    {
        long first = long.MaxValue, last = long.MinValue;
        var reader = new ExpositionReader(input, ExpositionFormat.OpenMetrics);
        while (NextSample(options, ref reader))
        {
            first = Math.Min(first, reader.TimestampMs);
            last = Math.Max(last, reader.TimestampMs);
        }
        return (first, last);
    }

    /// <summary>Returns the time of the earliest sample behind the range.</summary>
    private static long WriteBlock(BackfillOptions options, byte[] input, long start, long duration)
    {
        long next = long.MaxValue;
        var builder = new BlockBuilder(options.OutputDirectory, duration, options.Time);
        var series = new Dictionary<RouteKey, SeriesHandle>();
        var labels = new LabelsBuilder();
        var reader = new ExpositionReader(input, ExpositionFormat.OpenMetrics);
        while (NextSample(options, ref reader))
        {
            long time = reader.TimestampMs;
            if (time >= start + duration) next = Math.Min(next, time);
            if (time < start || time >= start + duration) continue;
            if (!series.TryGetValue(reader.Key, out var handle)) series[reader.Key] = handle = Resolve(options, ref reader, labels, builder);
            if (builder.Add(handle, time, reader.Value) is { } refused)
                throw Problem(options, reader.Line, refused == RejectReason.Duplicate ? "duplicate sample for timestamp" : "out of order sample");
        }
        if (builder.Finish() is { } path) options.BlockWritten(path);
        return next;
    }

    private static SeriesHandle Resolve(BackfillOptions options, ref ExpositionReader reader, LabelsBuilder labels, BlockBuilder builder)
    {
        if (reader.Decode(labels) is { } problem) throw Problem(options, reader.Line, problem);
        foreach (var (name, value) in options.Labels) labels.Set(name, value);
        return builder.Resolve(labels.Build());
    }

    private static bool NextSample(BackfillOptions options, ref ExpositionReader reader)
    {
        while (true)
        {
            switch (reader.Next())
            {
                case ExpositionEvent.Sample:
                    if (!reader.HasTimestamp) throw Problem(options, reader.Line, $"expected timestamp for series {System.Text.Encoding.UTF8.GetString(reader.Series)}, got none");
                    return true;
                case ExpositionEvent.End:
                    return false;
                case ExpositionEvent.Error:
                    throw Problem(options, reader.Line, reader.Reason!);
                case ExpositionEvent.Histogram or ExpositionEvent.Help or ExpositionEvent.Type or ExpositionEvent.Unit:
                    break;
            }
        }
    }

    private static InvalidDataException Problem(BackfillOptions options, int line, string reason) => new($"{options.InputFile}: line {line}: {reason}");
}
