using System.Text.Json;

namespace Streamline.Query;

/// <summary>What a query cost. The names are Prometheus's (<c>stats</c> of the API).</summary>
public sealed record QueryStats
{
    /// <summary>Where the time went.</summary>
    public QueryTimings Timings { get; init; }

    /// <summary>Samples of the windows of all steps, each window counted whole.</summary>
    public long TotalQueryableSamples { get; init; }

    /// <summary>Samples read: of windows that overlap, only what is new counts.</summary>
    public long SamplesRead { get; init; }

    /// <summary>Most samples held at once.</summary>
    public long PeakSamples { get; init; }

    /// <summary>Most bytes that buffers, labels and points needed at once.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Series opened.</summary>
    public long SeriesRead { get; init; }

    /// <summary>Both counts by step, when they were asked for.</summary>
    public QueryStepStats? Steps { get; init; }

    /// <summary>Time of the evaluation.</summary>
    public TimeSpan Elapsed => Timings.Evaluation;

    /// <summary>Writes the object that Prometheus calls <c>stats</c> (util/stats/query_stats.go): answers and the query log have it.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("timings"u8);
        json.WriteNumber("evalTotalTime"u8, Timings.Evaluation.TotalSeconds);
        json.WriteNumber("resultSortTime"u8, Timings.Sorting.TotalSeconds);
        json.WriteNumber("queryPreparationTime"u8, Timings.Preparation.TotalSeconds);
        json.WriteNumber("innerEvalTime"u8, Timings.Inner.TotalSeconds);
        json.WriteNumber("execQueueTime"u8, Timings.Queue.TotalSeconds);
        json.WriteNumber("execTotalTime"u8, Timings.Total.TotalSeconds);
        json.WriteEndObject();
        json.WriteStartObject("samples"u8);
        if (Steps is not null) WriteSteps(json, "totalQueryableSamplesPerStep"u8, Steps, Steps.TotalQueryableSamples);
        json.WriteNumber("totalQueryableSamples"u8, TotalQueryableSamples);
        if (Steps is not null) WriteSteps(json, "samplesReadPerStep"u8, Steps, Steps.SamplesRead);
        json.WriteNumber("samplesRead"u8, SamplesRead);
        json.WriteNumber("peakSamples"u8, PeakSamples);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSteps(Utf8JsonWriter json, ReadOnlySpan<byte> name, QueryStepStats steps, IReadOnlyList<long> counts)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < counts.Count; i++)
        {
            json.WriteStartArray();
            json.WriteNumberValue((steps.StartMs + (i * steps.StepMs)) / 1000.0);
            json.WriteNumberValue(counts[i]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}

/// <summary>Durations of a query's phases. The evaluation consists of preparation, inner evaluation and sorting.</summary>
public readonly record struct QueryTimings(TimeSpan Queue, TimeSpan Evaluation, TimeSpan Preparation, TimeSpan Inner, TimeSpan Sorting)
{
    /// <summary>Waiting and evaluating.</summary>
    public TimeSpan Total => Queue + Evaluation;
}

/// <summary>Counts of samples at each step.</summary>
public sealed record QueryStepStats(long StartMs, long StepMs, IReadOnlyList<long> TotalQueryableSamples, IReadOnlyList<long> SamplesRead);
