using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>Labels of a column; <paramref name="DropName"/> says that the metric name goes at the end of the query (delayed name removal).</summary>
internal readonly record struct SeriesHeader(Labels Labels, bool DropName = false);
