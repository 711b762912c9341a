using System.Globalization;
using System.Text.RegularExpressions;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Conformance.Scripting;

/// <summary>Reads <c>name{label="value"} 1 2+3x4 _ stale</c>.</summary>
internal static partial class SeriesReader
{
    public static SeriesLine Read(string line)
    {
        int split = EndOfMetric(line);
        return new SeriesLine(ReadLabels(line[..split].Trim()), ReadPoints(line[split..]));
    }

    /// <summary>A number alone, or null: then the line is a series.</summary>
    public static double? TryReadNumber(string text)
    {
        try
        {
            return ReadNumber(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static Labels ReadLabels(string metric)
    {
        var builder = new LabelsBuilder();
        foreach (LabelMatcher matcher in PromqlParser.ParseSelector(metric))
        {
            if (matcher.Operator != MatchOperator.Equal) throw new FormatException($"{metric} is no metric");
            if (matcher.Value.Length > 0) builder.Set(matcher.Name, matcher.Value);
        }
        return builder.Build();
    }

    /// <summary>The first white space outside of braces and quotes.</summary>
    private static int EndOfMetric(string line)
    {
        char quote = '\0';
        int braces = 0;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote != '`') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '\'' or '`') quote = c;
            else if (c == '{') braces++;
            else if (c == '}') braces--;
            else if (c is ' ' or '\t' && braces == 0) return i;
        }
        return line.Length;
    }

    /// <summary>
    /// Reads <c>metric{label="value"}@st -1m _ 30s-1sx3</c>: the start timestamps of the series line that follows, relative to its points.
    /// </summary>
    public static IReadOnlyList<long?> ReadStartOffsets(string text)
    {
        List<long?> offsets = [];
        foreach (string item in text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            Match match = OffsetItem().Match(item);
            if (!match.Success) throw new FormatException($"cannot read the start timestamp \"{item}\"");
            int times = match.Groups["times"].Success ? int.Parse(match.Groups["times"].Value, CultureInfo.InvariantCulture) : 0;
            if (match.Groups["first"].Value == "_")
            {
                offsets.AddRange(Enumerable.Repeat<long?>(null, Math.Max(times, match.Groups["times"].Success ? 0 : 1)));
                continue;
            }
            long offset = OffsetMs(match.Groups["first"].Value), step = match.Groups["step"].Success ? OffsetMs(match.Groups["step"].Value) : 0;
            for (int i = 0; i <= times; i++) offsets.Add(offset + (i * step));
        }
        return offsets;
    }

    private static long OffsetMs(string text)
    {
        double seconds = ReadNumber(text.TrimStart('+', '-'));
        return (long)Math.Round((text.StartsWith('-') ? -seconds : seconds) * 1000);
    }

    private static List<ScriptPoint> ReadPoints(string text)
    {
        List<ScriptPoint> points = [];
        int at = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t') at++;
            if (at >= text.Length) return points;
            Match item = text.AsSpan(at).StartsWith("{{") ? HistogramItem().Match(text, at) : PlainItem().Match(text, at);
            if (!item.Success || item.Index != at) throw new FormatException($"cannot read the points \"{text[at..]}\"");
            AppendItem(points, item);
            at += item.Length;
        }
    }

    private static void AppendItem(List<ScriptPoint> points, Match item)
    {
        int times = item.Groups["times"].Success ? int.Parse(item.Groups["times"].Value, CultureInfo.InvariantCulture) : 0;
        if (item.Groups["histogram"].Success)
        {
            AppendHistograms(points, item, times);
            return;
        }
        string first = item.Groups["first"].Value;
        if (first == "_")
        {
            points.AddRange(Enumerable.Repeat(ScriptPoint.Absent, Math.Max(times, item.Groups["times"].Success ? 0 : 1)));
            return;
        }
        double value = first == "stale" ? StaleMarker.Value : ReadNumber(first);
        double step = item.Groups["step"].Success ? ReadNumber(item.Groups["step"].Value) : 0;
        for (int i = 0; i <= times; i++)
        {
            points.Add(ScriptPoint.Of(value));
            if (item.Groups["step"].Success) value += step;
        }
    }

    private static void AppendHistograms(List<ScriptPoint> points, Match item, int times)
    {
        NativeHistogram first = HistogramReader.Read(item.Groups["histogram"].Value, out bool hintSet);
        NativeHistogram? increment = item.Groups["increment"].Success ? HistogramReader.Read(item.Groups["increment"].Value, out hintSet) : null;
        foreach (NativeHistogram histogram in HistogramReader.Series(first, increment, item.Groups["sign"].Value == "-", times))
            points.Add(ScriptPoint.Of(histogram, hintSet));
    }

    private static double ReadNumber(string text)
    {
        try
        {
            if (PromqlParser.Parse(text) is NumberLiteral number) return number.Value;
        }
        catch (PromqlSyntaxException)
        {
            // Reported below in the words of scripts.
        }
        throw new FormatException($"\"{text}\" is no number");
    }

    [GeneratedRegex(@"(?<first>_|stale|[+-]?(?:[iI]nf|[nN]a[nN]|[0-9.]+(?:[eE][+-]?[0-9]+)?[smhdwy]*))(?<step>[+-](?:[iI]nf|[nN]a[nN]|[0-9.]+(?:[eE][+-]?[0-9]+)?))?(?:x(?<times>[0-9]+))?(?=[ \t]|$)")]
    private static partial Regex PlainItem();

    [GeneratedRegex(@"^(?<first>_|[+-]?[0-9]+(?:ms|[smhdwy])?)(?<step>[+-][0-9]+(?:ms|[smhdwy])?)?(?:x(?<times>[0-9]+))?$")]
    private static partial Regex OffsetItem();

    [GeneratedRegex(@"(?<histogram>\{\{[^}]*\}\})(?:(?<sign>[+-])(?<increment>\{\{[^}]*\}\}))?(?:x(?<times>[0-9]+))?(?=[ \t]|$)")]
    private static partial Regex HistogramItem();
}
