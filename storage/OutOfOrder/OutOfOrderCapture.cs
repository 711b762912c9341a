namespace Streamline.Storage.OutOfOrder;

/// <summary>The out-of-order samples of a series as they stood at one moment between two commits; stays good as long as anybody holds it.</summary>
internal readonly record struct OutOfOrderCapture(byte[] Labels, ulong Ref, OutOfOrderPart[] Finished, int FinishedCount, OutOfOrderChunk? Open) : IComparable<OutOfOrderCapture>
{
    public ReadOnlySpan<OutOfOrderPart> Parts => Finished.AsSpan(0, FinishedCount);

    public int CompareTo(OutOfOrderCapture other) => LabelsEncoding.Compare(Labels, other.Labels);

    /// <summary>Adds the parts that have samples in the range, each with its place in the order of writing.</summary>
    public void AddParts(TimeRange range, List<(OutOfOrderPart Part, int Written)> target)
    {
        for (int i = 0; i < FinishedCount; i++)
        {
            if (Finished[i].Overlaps(range)) target.Add((Finished[i], i));
        }
        if (Open is not null && OutOfOrderPart.AsItIs(Open) is var last && last.Overlaps(range)) target.Add((last, FinishedCount));
    }

    /// <summary>Time of the oldest and the newest sample.</summary>
    public TimeRange Range
    {
        get
        {
            long min = Open?.MinTime ?? long.MaxValue, max = Open?.MaxTime ?? long.MinValue;
            foreach (ref readonly var part in Parts) (min, max) = (Math.Min(min, part.MinTime), Math.Max(max, part.MaxTime));
            return new TimeRange(min, max);
        }
    }

    public bool Overlaps(TimeRange range)
    {
        foreach (ref readonly var part in Parts)
        {
            if (part.Overlaps(range)) return true;
        }
        return Open is not null && OutOfOrderPart.AsItIs(Open).Overlaps(range);
    }
}
