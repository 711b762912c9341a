using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Streamline.Storage;

namespace Streamline.Pipeline.Templates;

/// <summary>The functions of alert templates: Go's own and Prometheus's. <c>and</c>, <c>or</c> and <c>tmpl</c> are the evaluator's, for they need its state.</summary>
internal static class TemplateFunctions
{
    // Name -> fewest and most arguments (-1: any number).
    private static readonly Dictionary<string, (int Least, int Most)> Arities = Table(
        (0, 0, "now externalURL pathPrefix"),
        (1, 1, "not len query first value strvalue safeHtml title toUpper toLower stripPort stripDomain humanize humanize1024 humanizeDuration"),
        (1, 1, "humanizePercentage humanizeTimestamp toTime toDuration parseDuration urlQueryEscape graphLink tableLink"),
        (2, 2, "ne lt le gt ge label sortByLabel tmpl match"),
        (3, 3, "reReplaceAll"),
        (1, 4, "slice"),
        (0, -1, "print println html js urlquery args"),
        (1, -1, "and or index printf call"),
        (2, -1, "eq"));

    public static bool IsKnown(string name) => Arities.ContainsKey(name);

    public static object? Call(string name, object?[] a, TemplateSite site)
    {
        CheckArity(name, a.Length);
        return name switch
        {
            "not" => !GoValue.IsTrue(a[0]),
            "eq" or "ne" or "lt" or "le" or "gt" or "ge" => GoCompare.Call(name, a),
            "len" => GoIndex.Length(a[0]),
            "index" => GoIndex.Index(a),
            "slice" => GoIndex.Slice(a),
            "print" => GoPrintf.Print(a),
            "printf" => GoPrintf.Format(Text(a[0]), a.AsSpan(1)),
            "println" => GoPrintf.PrintLine(a),
            "html" => GoQuote.Html(Joined(a)),
            "js" => GoQuote.Js(Joined(a)),
            "urlquery" => GoQuote.Query(Joined(a)),
            "call" => throw new TemplateException("non-function of type " + GoValue.TypeName(a[0])),
            "query" => site.Query(Text(a[0])),
            "first" => List(a[0]) is [var first, ..] ? first : throw new TemplateException("first() called on vector with no elements"),
            "label" => Sample(a[1]).Labels[Text(a[0])],
            "value" => Sample(a[0]).Value,
            "strvalue" => Sample(a[0]).Labels["__value__"],
            "sortByLabel" => List(a[1]).OrderBy(s => (string?)Sample(s).Labels[Text(a[0])], StringComparer.Ordinal).ToList(),
            "args" => new TemplateMap([.. a.Select((value, i) => KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"arg{i}"), value)).OrderBy(p => p.Key, StringComparer.Ordinal)], null),
            "safeHtml" => Text(a[0]),
            "match" => site.Pattern(Text(a[0])).IsMatch(Text(a[1])),
            "reReplaceAll" => ReplaceAll(site.Pattern(Text(a[0])), Text(a[1]), Text(a[2])),
            "title" => Title(Text(a[0])),
            "toUpper" => Text(a[0]).ToUpperInvariant(),
            "toLower" => Text(a[0]).ToLowerInvariant(),
            "stripPort" => SplitHostPort(Text(a[0]), out string host, out _) ? host : Text(a[0]),
            "stripDomain" => StripDomain(Text(a[0])),
            "humanize" => Humanizer.Plain(GoValue.ToFloat(a[0])),
            "humanize1024" => Humanizer.Of1024(GoValue.ToFloat(a[0])),
            "humanizeDuration" => Humanizer.Duration(GoValue.ToFloat(a[0])),
            "humanizePercentage" => Humanizer.Percentage(GoValue.ToFloat(a[0])),
            "humanizeTimestamp" => Humanizer.Timestamp(GoValue.ToFloat(a[0])),
            "toTime" => GoTime.FromUnix(GoValue.ToFloat(a[0])) is { } time ? time : throw new TemplateException("value is NaN or Inf"),
            "toDuration" => new TemplateDuration((long)(GoValue.ToFloat(a[0]) * 1e9)),
            "now" => site.NowMs / 1000.0,
            "parseDuration" => ParseDuration(Text(a[0])),
            "urlQueryEscape" => GoQuote.Query(Text(a[0])),
            "graphLink" => $"/graph?g0.expr={GoQuote.Query(Text(a[0]))}&g0.tab=0",
            "tableLink" => $"/graph?g0.expr={GoQuote.Query(Text(a[0]))}&g0.tab=1",
            "externalURL" => site.ExternalUrl,
            "pathPrefix" => Uri.TryCreate(site.ExternalUrl, UriKind.Absolute, out Uri? url) ? url.AbsolutePath.TrimEnd('/') : "",
            _ => throw new TemplateException($"function \"{name}\" not defined"),
        };
    }

    private static Dictionary<string, (int Least, int Most)> Table(params ReadOnlySpan<(int Least, int Most, string Names)> rows)
    {
        var table = new Dictionary<string, (int Least, int Most)>(StringComparer.Ordinal);
        foreach (var (least, most, names) in rows)
        {
            foreach (string name in names.Split(' ')) table.Add(name, (least, most));
        }
        return table;
    }

    public static void CheckArity(string name, int count)
    {
        var (least, most) = Arities[name];
        if (count >= least && (most < 0 || count <= most)) return;
        string want = most < 0 ? $"at least {least}" : least.ToString(CultureInfo.InvariantCulture);
        throw new TemplateException(string.Create(CultureInfo.InvariantCulture, $"wrong number of args for {name}: want {want} got {count}"));
    }

    /// <summary>A string argument; anything else is the type error Go reports.</summary>
    public static string Text(object? value) =>
        value as string ?? throw new TemplateException($"wrong type for value; expected string; got {GoValue.TypeName(value)}");

    private static IReadOnlyList<object?> List(object? value) =>
        value as IReadOnlyList<object?> ?? throw new TemplateException($"wrong type for value; expected template.queryResult; got {GoValue.TypeName(value)}");

    private static TemplateSample Sample(object? value) =>
        value as TemplateSample ?? throw new TemplateException($"wrong type for value; expected *template.sample; got {GoValue.TypeName(value)}");

    private static string Joined(object?[] arguments) => arguments is [string only] ? only : GoPrintf.Print(arguments);

    private static double ParseDuration(string text) =>
        DurationText.TryParse(text, out long milliseconds) ? milliseconds / 1000.0 : throw new TemplateException($"not a valid duration string: {GoQuote.Quote(text)}");

    // Upper case for each first letter after something that is no letter, digit or underscore, the rest as it stands.
    private static string Title(string text)
    {
        char previous = ' ';
        return string.Create(text.Length, text, (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                bool inWord = char.IsLetterOrDigit(previous) || previous == '_';
                target[i] = inWord ? source[i] : char.ToUpperInvariant(source[i]);
                previous = source[i];
            }
        });
    }

    private static string StripDomain(string hostPort)
    {
        bool hasPort = SplitHostPort(hostPort, out string host, out string port);
        if (!hasPort) host = hostPort;
        if (IPAddress.TryParse(host, out _)) return hostPort;
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0) host = host[..dot];
        return hasPort && port.Length > 0 ? $"{host}:{port}" : host;
    }

    private static bool SplitHostPort(string text, out string host, out string port)
    {
        (host, port) = (text, "");
        int colon = text.LastIndexOf(':');
        if (colon < 0) return false;
        if (text[0] == '[')
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (close != colon - 1) return false;
            host = text[1..close];
        }
        else
        {
            if (text.IndexOf(':', StringComparison.Ordinal) != colon) return false;
            host = text[..colon];
        }
        port = text[(colon + 1)..];
        return true;
    }

    // Go's Expand: $name and ${name}, the longest run of word characters; $$ is a dollar; unknown groups are empty.
    private static string ReplaceAll(Regex pattern, string replacement, string text) =>
        replacement.Contains('$', StringComparison.Ordinal)
            ? pattern.Replace(text, match => GoExpand.Expand(replacement, match))
            : pattern.Replace(text, _ => replacement);
}
