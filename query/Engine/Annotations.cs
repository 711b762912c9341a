using System.Text;
using Streamline.Query.Syntax;

namespace Streamline.Query.Engine;

/// <summary>Warnings and infos of a query in order of their first appearance, each text once; position as Prometheus prints it.</summary>
internal sealed class Annotations
{
    private readonly List<string> _warnings = [];
    private readonly List<string> _infos = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Warnings => _warnings;

    public IReadOnlyList<string> Infos => _infos;

    public void Warn(QueryContext context, Expr at, string text) => Add(_warnings, "PromQL warning: ", context, at, text);

    public void Inform(QueryContext context, Expr at, string text) => Add(_infos, "PromQL info: ", context, at, text);

    public static string QuantileOutOfRange(double q)
    {
        var text = new StringBuilder("quantile value should be between 0 and 1, got ");
        GoNumbers.AppendGeneral(text, q);
        return text.ToString();
    }

    private void Add(List<string> target, string prefix, QueryContext context, Expr at, string text)
    {
        string message = prefix + text + Position(context.Text, at.Start);
        if (_seen.Add(message)) target.Add(message);
    }

    /// <summary>Line and column from 1; the column counts bytes.</summary>
    private static string Position(string text, int offset)
    {
        if (offset > text.Length) return "";
        int line = 1 + text.AsSpan(0, offset).Count('\n');
        int lineStart = text.LastIndexOf('\n', Math.Max(0, offset - 1), Math.Max(0, offset)) + 1;
        int column = 1 + Encoding.UTF8.GetByteCount(text.AsSpan(lineStart, offset - lineStart));
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $" ({line}:{column})");
    }
}
