using Streamline.Storage;

namespace Streamline.Query;

/// <summary>The four types of PromQL values (the API's <c>resultType</c>).</summary>
public enum ValueType
{
    /// <summary>One number a step.</summary>
    Scalar,

    /// <summary>A string literal.</summary>
    String,

    /// <summary>Series with at most one sample each at the evaluation time.</summary>
    Vector,

    /// <summary>Series with samples over time.</summary>
    Matrix,
}

/// <summary>One series of a result: labels and its points in time order. Columns, no object per point.</summary>
public sealed record ResultSeries(Labels Labels, ReadOnlyMemory<long> TimestampsMs, ReadOnlyMemory<double> Values)
{
    /// <summary>Times of the histogram points, in order; none is also in <see cref="TimestampsMs"/>.</summary>
    public ReadOnlyMemory<long> HistogramTimestampsMs { get; init; }

    /// <summary>Histogram points, one for each of <see cref="HistogramTimestampsMs"/>.</summary>
    public ReadOnlyMemory<NativeHistogram> Histograms { get; init; }
}

/// <summary>
/// The answer of a query. For <see cref="ValueType.Scalar"/> and <see cref="ValueType.Vector"/> each series has one point at the evaluation time. Disposed, it
/// leaves the memory of all queries; one that is only forgotten leaves it with the garbage.
/// </summary>
public sealed record QueryResult(
    ValueType Type,
    IReadOnlyList<ResultSeries> Series,
    string Text,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Infos,
    QueryStats Stats) : IDisposable
{
    /// <summary>The operators, when these were asked for and not the answer.</summary>
    public QueryPlanNode? Plan { get; init; }

    internal IDisposable? Lease { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Lease?.Dispose();
}

/// <summary>How a query ended without a result, by the API's error types.</summary>
public enum QueryErrorKind
{
    /// <summary>The text does not parse, or parameters are wrong (400).</summary>
    BadData,

    /// <summary>Evaluation failed, a limit was hit, or a feature is not built (422).</summary>
    Execution,

    /// <summary>The client went away (499).</summary>
    Canceled,

    /// <summary>Out of time (503).</summary>
    Timeout,
}

/// <summary>A query that has no answer; the message is Prometheus's where Prometheus has one.</summary>
public sealed class QueryException(QueryErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Error type of the API.</summary>
    public QueryErrorKind Kind { get; } = kind;
}
