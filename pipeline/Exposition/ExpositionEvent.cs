namespace Streamline.Pipeline.Exposition;

/// <summary>What <see cref="ExpositionReader.Next"/> has found.</summary>
internal enum ExpositionEvent
{
    /// <summary>The body ended as its format wants it.</summary>
    End,

    /// <summary>One sample: <see cref="ExpositionReader.Series"/>, Value, Timestamp.</summary>
    Sample,

    /// <summary>One sample that is a native histogram.</summary>
    Histogram,

    /// <summary>Help text of a family.</summary>
    Help,

    /// <summary>Type of a family.</summary>
    Type,

    /// <summary>Unit of a family (OpenMetrics).</summary>
    Unit,

    /// <summary>The body breaks its format; <see cref="ExpositionReader.Reason"/> and Line say how. The reader stands still.</summary>
    Error,
}
