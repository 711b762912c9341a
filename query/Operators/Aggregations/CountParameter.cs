using System.Text;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators.Aggregations;

/// <summary>The k of <c>topk</c>, <c>bottomk</c> and <c>limitk</c>.</summary>
internal static class CountParameter
{
    /// <summary>k at every step, between 0 and the number of series.</summary>
    public static int[] Of(ScalarParameter parameter, int steps, int seriesCount)
    {
        int[] ks = new int[steps];
        for (int step = 0; step < ks.Length; step++)
        {
            double k = parameter.Values[step];
            if (double.IsNaN(k)) throw new QueryException(QueryErrorKind.Execution, "Parameter value is NaN");
            if (k is not (> long.MinValue and < long.MaxValue)) throw Overflow(k);
            ks[step] = (int)Math.Min(Math.Max(0, (long)k), seriesCount);
        }
        return ks;
    }

    private static QueryException Overflow(double k)
    {
        var text = new StringBuilder("Scalar value ");
        GoNumbers.AppendGeneral(text, k);
        return new QueryException(QueryErrorKind.Execution, text.Append(" overflows int64").ToString());
    }
}
