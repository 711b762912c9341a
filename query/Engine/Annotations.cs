using System.Globalization;
using System.Text;
using Streamline.Query.Syntax;

namespace Streamline.Query.Engine;

/// <summary>
/// Warnings and infos of a query in order of their first appearance, each text once, and with the rightmost position it came from. Positions are told when the
/// query's text is known, as Prometheus does. Lanes may add side by side.
/// </summary>
internal sealed class Annotations
{
    private readonly Lock _adding = new();
    private readonly List<Note> _notes = [];
    private readonly Dictionary<string, Note> _byText = new(StringComparer.Ordinal);

    public static string QuantileOutOfRange(double q)
    {
        var text = new StringBuilder("quantile value should be between 0 and 1, got ");
        GoNumbers.AppendGeneral(text, q);
        return text.ToString();
    }

    public void Warn(QueryContext context, Expr at, string text) => Add("PromQL warning: ", context, at, text, null);

    public void Inform(QueryContext context, Expr at, string text) => Add("PromQL info: ", context, at, text, null);

    /// <summary>A warning with details that are put together when it comes again.</summary>
    public void Warn(QueryContext context, Expr at, string text, NoteDetails details) => Add("PromQL warning: ", context, at, text, details);

    /// <summary>An info with details that are put together when it comes again.</summary>
    public void Inform(QueryContext context, Expr at, string text, NoteDetails details) => Add("PromQL info: ", context, at, text, details);

    /// <summary>Times that something was said, the same again included.</summary>
    public int Added { get; private set; }

    public IReadOnlyList<string> Warnings => Rendered("PromQL warning: ");

    public IReadOnlyList<string> Infos => Rendered("PromQL info: ");

    private void Add(string prefix, QueryContext context, Expr at, string text, NoteDetails? details)
    {
        string message = prefix + text;
        lock (_adding)
        {
            Added++;
            if (!_byText.TryGetValue(message, out Note? note))
            {
                note = new Note(message, prefix, context.Text, at.Start, details);
                _byText[message] = note;
                _notes.Add(note);
                return;
            }
            note.Offset = Math.Max(note.Offset, at.Start);
            if (details is not null) note.Details?.Merge(details);
        }
    }

    private string[] Rendered(string prefix)
    {
        lock (_adding)
        {
            return [.. _notes.Where(n => n.Prefix == prefix).Select(n => n.ToString())];
        }
    }

    private sealed class Note(string message, string prefix, string query, int offset, NoteDetails? details)
    {
        public string Prefix { get; } = prefix;

        public int Offset { get; set; } = offset;

        public NoteDetails? Details { get; } = details;

        public override string ToString() => query.Length == 0 ? message : message + Details?.Text() + Position(query, Offset);

        /// <summary>Line and column from 1; the column counts bytes.</summary>
        private static string Position(string text, int offset)
        {
            if (offset > text.Length) return "";
            int line = 1 + text.AsSpan(0, offset).Count('\n');
            int lineStart = text.LastIndexOf('\n', Math.Max(0, offset - 1), Math.Max(0, offset)) + 1;
            int column = 1 + Encoding.UTF8.GetByteCount(text.AsSpan(lineStart, offset - lineStart));
            return string.Create(CultureInfo.InvariantCulture, $" ({line}:{column})");
        }
    }
}
