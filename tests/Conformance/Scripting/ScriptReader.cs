using System.Text.RegularExpressions;
using Streamline.Query.Syntax;

namespace Streamline.Conformance.Scripting;

/// <summary>Reads scripts in the language of Prometheus's promqltest: <c>load</c>, <c>clear</c> and <c>eval</c>, each with its lines until a blank one.</summary>
internal static partial class ScriptReader
{
    public static List<ScriptCommand> Read(string script)
    {
        string[] lines = [.. script.Split('\n').Select(l => l.Trim()).Select(l => l.StartsWith('#') ? "" : l)];
        List<ScriptCommand> commands = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0) continue;
            int end = i + 1;
            while (end < lines.Length && lines[end].Length > 0 && !IsClear(lines[i])) end++;
            commands.Add(ReadCommand(lines[i..end], i + 1));
            i = end - 1;
        }
        return commands;
    }

    private static bool IsClear(string line) => line.Equals("clear", StringComparison.OrdinalIgnoreCase);

    private static ScriptCommand ReadCommand(string[] lines, int line)
    {
        try
        {
            if (IsClear(lines[0])) return new ClearCommand(line);
            if (LoadHead().Match(lines[0]) is { Success: true } load) return ReadLoad(load, lines[1..], line);
            if (RangeHead().Match(lines[0]) is { Success: true } range) return ReadRange(range, lines[1..], line);
            if (InstantHead().Match(lines[0]) is { Success: true } instant) return ReadInstant(instant, lines[1..], line);
            return new UnreadableCommand(line, $"no command: {lines[0]}");
        }
        catch (Exception error) when (error is FormatException or PromqlSyntaxException or ArgumentException)
        {
            return new UnreadableCommand(line, error.Message);
        }
    }

    private static LoadCommand ReadLoad(Match head, string[] lines, int line)
    {
        List<SeriesLine> series = [];
        IReadOnlyList<long?>? offsets = null;
        foreach (string text in lines)
        {
            if (StartTimestampLine().IsMatch(text))
            {
                offsets = SeriesReader.ReadStartOffsets(text);
                continue;
            }
            SeriesLine read = SeriesReader.Read(text);
            if (offsets is not null && offsets.Count != read.Points.Count) throw new FormatException($"{offsets.Count} start timestamps for {read.Points.Count} points");
            series.Add(read with { StartOffsetsMs = offsets });
            offsets = null;
        }
        return new LoadCommand(line, DurationMs(head.Groups["step"].Value), head.Groups["nhcb"].Success, series);
    }

    private static EvalCommand ReadInstant(Match head, string[] lines, int line)
    {
        long at = DurationMs(head.Groups["at"].Value);
        return ReadBody(new EvalCommand(line, head.Groups["query"].Value, IsRange: false, at, at, 0), head, lines);
    }

    private static EvalCommand ReadRange(Match head, string[] lines, int line) => ReadBody(
        new EvalCommand(
            line, head.Groups["query"].Value, IsRange: true,
            DurationMs(head.Groups["from"].Value), DurationMs(head.Groups["to"].Value), DurationMs(head.Groups["step"].Value)),
        head,
        lines);

    private static EvalCommand ReadBody(EvalCommand eval, Match head, string[] lines)
    {
        if (head.Groups["mod"].Success) eval.Expectations.Add(new Expectation(KindOf(head.Groups["mod"].Value), _ => true, "anything"));
        foreach (string text in lines) ReadExpected(eval, text);
        return eval;
    }

    private static void ReadExpected(EvalCommand eval, string text)
    {
        if (ExpectRange().Match(text) is { Success: true } range)
        {
            eval.RangeVector = (DurationMs(range.Groups["from"].Value), DurationMs(range.Groups["step"].Value));
        }
        else if (text.StartsWith("expect string ", StringComparison.Ordinal))
        {
            eval.Text = ((StringLiteral)PromqlParser.Parse(text["expect string ".Length..])).Value;
        }
        else if (OldFailure().Match(text) is { Success: true } old)
        {
            eval.Expectations.RemoveAll(e => e.Kind == ExpectationKind.Fail);
            eval.Expectations.Add(ReadExpectation(ExpectationKind.Fail, old.Groups["how"].Value == "message" ? "msg" : "regex", old.Groups["text"].Value));
        }
        else if (ExpectLine().Match(text) is { Success: true } expect)
        {
            eval.Expectations.Add(ReadExpectation(KindOf(expect.Groups["kind"].Value), expect.Groups["how"].Value, expect.Groups["text"].Value));
        }
        else if (SeriesReader.TryReadNumber(text) is { } number) eval.Scalar = number;
        else eval.Series.Add(SeriesReader.Read(text));
    }

    private static Expectation ReadExpectation(ExpectationKind kind, string how, string text)
    {
        string wanted = text.Trim();
        if (how == "msg") return new Expectation(kind, found => found == wanted, wanted);
        if (how.Length == 0) return new Expectation(kind, _ => true, "anything");
        var pattern = new Regex(wanted, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return new Expectation(kind, pattern.IsMatch, wanted);
    }

    private static ExpectationKind KindOf(string word) => word switch
    {
        "fail" => ExpectationKind.Fail,
        "warn" => ExpectationKind.Warn,
        "info" => ExpectationKind.Info,
        "no_warn" => ExpectationKind.NoWarn,
        "no_info" => ExpectationKind.NoInfo,
        "ordered" => ExpectationKind.Ordered,
        _ => throw new FormatException($"unknown expectation {word}"),
    };

    private static long DurationMs(string text) => PromqlParser.Parse(text) is NumberLiteral number
        ? (long)Math.Round(number.Value * 1000)
        : throw new FormatException($"\"{text}\" is no duration");

    [GeneratedRegex(@"^load(?:_(?<nhcb>with_nhcb))?\s+(?<step>\S+)$")]
    private static partial Regex LoadHead();

    [GeneratedRegex(@"^eval(?:_(?<mod>fail|warn|ordered|info))?\s+instant\s+at\s+(?<at>\S+)\s+(?<query>.+)$")]
    private static partial Regex InstantHead();

    [GeneratedRegex(@"^eval(?:_(?<mod>fail|warn|info))?\s+range\s+from\s+(?<from>\S+)\s+to\s+(?<to>\S+)\s+step\s+(?<step>\S+)\s+(?<query>.+)$")]
    private static partial Regex RangeHead();

    [GeneratedRegex(@"^expect\s+(?<kind>ordered|fail|warn|no_warn|info|no_info)(?:\s+(?<how>regex|msg):(?<text>.+))?$")]
    private static partial Regex ExpectLine();

    [GeneratedRegex(@"^expect range vector\s+from\s+(?<from>\S+)\s+to\s+\S+\s+step\s+(?<step>\S+)$")]
    private static partial Regex ExpectRange();

    [GeneratedRegex(@"^expected_fail_(?<how>message|regexp)\s+(?<text>.+)$")]
    private static partial Regex OldFailure();

    [GeneratedRegex(@"^[^\s]*@st\s")]
    private static partial Regex StartTimestampLine();
}
