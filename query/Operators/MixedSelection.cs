using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Plan;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>What an instant selector takes of a sample.</summary>
internal enum SampleReads
{
    Values,

    /// <summary>Its time in seconds.</summary>
    Times,

    /// <summary>Its time in seconds; histograms are an error.</summary>
    TimesOfInfos,

    /// <summary>Its start timestamp in seconds.</summary>
    Starts,
}

/// <summary>An instant selector over a series that has histograms or start timestamps: sample by sample, through small buffers.</summary>
internal sealed class MixedSelection(QueryContext context, StepGrid grid, TimeShift shift)
{
    private readonly SampleMeter _meter = context.Meter;
    private MixedReader? _made;

    private MixedReader Reader => _made ??= new MixedReader();

    /// <summary>Merges the rising sample times with the rising step times.</summary>
    public void Fill(SampleCursor cursor, SeriesColumn column, SampleReads reads)
    {
        column.Clear();
        MixedReader reader = Reader;
        reader.Begin(cursor, reads == SampleReads.Starts);
        MixedSample latest = default;
        bool has = false, more = reader.MoveNext();
        for (int step = 0; step < grid.Count; step++)
        {
            long atMs = shift.Apply(grid.TimeAt(step));
            while (more && reader.Current.TimeMs <= atMs)
            {
                (latest, has) = (reader.Current, true);
                more = reader.MoveNext();
            }
            if (!has || latest.TimeMs <= atMs - context.LookbackMs || latest.IsStale) continue;
            if (reads == SampleReads.TimesOfInfos && latest.Histogram is not null)
                throw new QueryException(QueryErrorKind.Execution, "info sample should be float");
            if (reads is SampleReads.Times or SampleReads.TimesOfInfos) column.Set(step, latest.TimeMs / 1000.0);
            else if (reads == SampleReads.Starts) column.Set(step, latest.StartMs / 1000.0);
            else if (latest.Histogram is { } histogram) column.Set(step, histogram);
            else column.Set(step, latest.Value);
            Count(step, reads == SampleReads.Values && latest.Histogram is not null ? HistogramWeight.Of(latest.Histogram) : 1);
        }
    }

    /// <summary>Histograms count with their weight.</summary>
    private void Count(int step, long samples)
    {
        if (_meter.IsPerStep) _meter.CountAt(step, samples, samples);
        else _meter.Count(samples, samples);
    }
}
