using Streamline.Storage;

namespace Streamline.Conformance.Scripting;

/// <summary>A command of a script and the line where it stands, from 1.</summary>
internal abstract record ScriptCommand(int Line);

/// <summary><c>clear</c>: forgets all samples.</summary>
internal sealed record ClearCommand(int Line) : ScriptCommand(Line);

/// <summary><c>load</c>: adds samples. <paramref name="WithCustomBuckets"/> asks for native histograms made of the classic ones.</summary>
internal sealed record LoadCommand(int Line, long StepMs, bool WithCustomBuckets, IReadOnlyList<SeriesLine> Series) : ScriptCommand(Line);

/// <summary>A command that the reader does not understand: counts as a failure, so that nothing is skipped silently.</summary>
internal sealed record UnreadableCommand(int Line, string Reason) : ScriptCommand(Line);

/// <summary><c>eval</c>: a query and what it must give. Start and end are equal for an instant query.</summary>
internal sealed record EvalCommand(int Line, string Query, bool IsRange, long StartMs, long EndMs, long StepMs) : ScriptCommand(Line)
{
    public List<Expectation> Expectations { get; } = [];

    public List<SeriesLine> Series { get; } = [];

    public double? Scalar { get; set; }

    public string? Text { get; set; }

    /// <summary>Times of the points of a range vector that an instant query gives.</summary>
    public (long StartMs, long StepMs)? RangeVector { get; set; }

    public bool Expects(ExpectationKind kind) => Expectations.Exists(e => e.Kind == kind);
}

internal enum ExpectationKind
{
    Fail,
    Warn,
    Info,
    NoWarn,
    NoInfo,
    Ordered,
}

/// <summary>An <c>expect</c> line; without a pattern any text will do.</summary>
internal sealed record Expectation(ExpectationKind Kind, Func<string, bool> Matches, string Shown);

/// <summary>Labels and points: given to <c>load</c>, or wanted by <c>eval</c>. Start offsets (ms, null unknown) stand beside the points, if any are given.</summary>
internal sealed record SeriesLine(Labels Labels, IReadOnlyList<ScriptPoint> Points, IReadOnlyList<long?>? StartOffsetsMs = null);

/// <summary>A point of a series: absent, a number, or a native histogram; <paramref name="HintSet"/> says that its hint is wanted too.</summary>
internal readonly record struct ScriptPoint(double Value, bool IsAbsent, NativeHistogram? Histogram, bool HintSet)
{
    public static ScriptPoint Absent => new(0, true, null, false);

    public static ScriptPoint Of(double value) => new(value, false, null, false);

    public static ScriptPoint Of(NativeHistogram histogram, bool hintSet) => new(0, false, histogram, hintSet);
}
