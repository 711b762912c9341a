using System.Buffers;
using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Operators;
using Streamline.Storage;

namespace Streamline.Query.Functions;

/// <summary><c>label_replace</c> and <c>label_join</c>: new labels from old ones; the columns pass as they are.</summary>
internal sealed class RelabelOperator(QueryContext context, Operator inner, string target, LabelText value) : Operator(context, inner.Grid)
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
        byte[] name = Encoding.UTF8.GetBytes(target);
        var text = new ArrayBufferWriter<byte>();
        bool isName = name.AsSpan().SequenceEqual(Labels.MetricName);
        for (int i = 0; i < headers.Length; i++)
        {
            text.Clear();
            headers[i] = !value(input[i].Labels, text) ? input[i] : new SeriesHeader(
                Context.Builder.Reset(input[i].Labels).Set(name, text.WrittenSpan).Build(), input[i].DropName && !isName);
        }
        return headers;
    }
}
