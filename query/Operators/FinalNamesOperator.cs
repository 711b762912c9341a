using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>The end of a query with delayed name removal: metric names that functions gave up are taken away now.</summary>
internal sealed class FinalNamesOperator(QueryContext context, Operator inner) : Operator(context, inner.Grid)
{
    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        return inner.Next(columns);
    }

    protected override void Release() => inner.Dispose();

    protected override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] input = inner.Headers();
        var headers = new SeriesHeader[input.Length];
        for (int i = 0; i < headers.Length; i++)
        {
            headers[i] = input[i].DropName
                ? new SeriesHeader(MetadataLabels.Remove(Context.Builder, input[i].Labels))
                : input[i];
        }
        return headers;
    }
}
