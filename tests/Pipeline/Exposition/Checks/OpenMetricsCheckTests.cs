using System.Text;

namespace Streamline.Pipeline.Tests.Exposition.Checks;

/// <summary>The strict side: what the specification forbids is an error with its place, whatever a scrape takes.</summary>
public sealed class OpenMetricsCheckTests
{
    private const string Wait = "# TYPE wait histogram\n", Level = "# TYPE level gaugehistogram\n";

    private static readonly byte[] Likely = [.. "\n\" {}\\#=,1a_-.+"u8, 0xFF];

    [Fact]
    public void EveryRule_IsJudgedAsTheSpecificationJudgesIt()
    {
        foreach (var (rule, verdict, body) in OpenMetricsRules.All)
        {
            var errors = Errors(body);
            Assert.True(errors.Count == 0 == (verdict == OpenMetricsVerdict.Good), $"{rule}: {string.Join('\n', errors)}");
        }
    }

    [Theory]
    // The body.
    [InlineData("a 1\n", "2:1: the body ends without # EOF: it may have been cut; write # EOF as the last line")]
    [InlineData("a 1\n# EOF\nb 1\n", "3:1: something follows # EOF: it must be the last line")]
    [InlineData("a 1\r\nb 1\r\n# EOF\r\n", "1:4: the line ends in a carriage return (told once): end lines with a line feed alone")]
    [InlineData("\ufeffa 1\n# EOF\n", "1:1: the body begins with a byte order mark: write UTF-8 without one")]
    [InlineData("a 1\n\nb 1\n# EOF\n", "2:1: empty line: OpenMetrics has none; remove it")]
    // Metadata.
    [InlineData("# about a\n# EOF\n", "1:1: a line with # is # HELP, # TYPE, # UNIT or # EOF, in capitals and with one blank behind the #: OpenMetrics has no comments")]
    [InlineData("# TYPE a-b gauge\n# EOF\n", "1:9: invalid metric name: it begins with a letter, _ or :, and goes on with letters, digits, _ and :")]
    [InlineData("# TYPE a untyped\na 1\n# EOF\n", "1:10: the type untyped is of the Prometheus text format: write unknown")]
    [InlineData("# TYPE a Gauge\na 1\n# EOF\n", "1:10: the type is written \"gauge\", in lower case and without blanks")]
    [InlineData("# TYPE a sum\na_total 1\n# EOF\n", "1:10: \"sum\" is no type: there are counter, gauge, histogram, gaugehistogram, summary, info, stateset and unknown")]
    [InlineData("# TYPE a gauge\n# TYPE a gauge\n# EOF\n", "2:1: TYPE of a is told twice: keep one line")]
    [InlineData("# HELP a One.\n# HELP a Two.\n# EOF\n", "2:1: HELP of a is told twice: keep one line")]
    [InlineData("# HELP a \\\n# EOF\n", "1:10: a backslash ends the text: write \\\\ for a backslash")]
    [InlineData("# HELP a One.\na 1\n# TYPE a gauge\n# EOF\n", "3:1: metadata of a stands behind its samples: move it before them")]
    [InlineData("# UNIT a seconds\n# EOF\n", "1:10: the unit seconds does not end the name a: name it a_seconds, or remove the UNIT line")]
    [InlineData("# UNIT a_bytes bytes\n# TYPE a_bytes info\n# EOF\n", "1:16: the info a_bytes has a unit, which its type forbids: remove the UNIT line")]
    [InlineData("# TYPE _a gauge\n# EOF\n", "1:1: the name _a is reserved: begin it with a letter")]
    [InlineData("# TYPE a counter\n# TYPE a_created gauge\n# EOF\n", "2:1: a sample a_created could be of a_created or of a (line 1): rename one of the families")]
    // Families.
    [InlineData("a 1\nb 1\na{x=\"1\"} 1\n# EOF\n", "3:1: the family a goes on here, and others stand between: keep the lines of a family together (it began in line 1)")]
    [InlineData("# TYPE a counter\n# TYPE b gauge\nb 1\na_total 1\n# EOF\n", "4:1: the family a goes on here, and others stand between: keep the lines of a family together (it began in line 1)")]
    [InlineData("# TYPE a counter\na 1\n# EOF\n", "2:1: a is no sample of the counter a, which has a_total, a_created: rename the sample or change the type")]
    [InlineData("# TYPE a_total counter\na_total 1\n# EOF\n", "2:1: a_total is no sample of the counter a_total, which has a_total_total, a_total_created: name the family a")]
    // Names, labels, numbers.
    [InlineData(" a 1\n# EOF\n", "1:1: the line begins with a blank: remove it")]
    [InlineData("a.b 1\n# EOF\n", "1:2: invalid metric name: it begins with a letter, _ or :, and goes on with letters, digits, _ and :")]
    [InlineData("{\"a\"} 1\n# EOF\n", "1:2: quoted names are not part of OpenMetrics 1.0: write a plain name before the braces")]
    [InlineData("{x=\"1\"} 1\n# EOF\n", "1:1: no metric name before the labels: write one")]
    [InlineData("a{x=\"é\",\"y\"=\"1\"} 1\n# EOF\n", "1:9: quoted label names are not part of OpenMetrics 1.0: use letters, digits and _")]
    [InlineData("a{x=\"é\",1y=\"1\"} 1\n# EOF\n", "1:9: invalid label name: it begins with a letter or _, goes on with letters, digits and _, and no blank stands around it")]
    [InlineData("a{x=\"1\",x=\"2\"} 1\n# EOF\n", "1:9: the label x is there twice: keep one")]
    [InlineData("a{__x=\"1\"} 1\n# EOF\n", "1:3: the label name __x is reserved: begin it with a letter")]
    [InlineData("a{x=\"1\",} 1\n# EOF\n", "1:8: a comma stands behind the last label: remove it")]
    [InlineData("a{x=1} 1\n# EOF\n", "1:5: expected a quoted label value: write it in double quotes, which end on the same line")]
    [InlineData("a{x=\"1\"y=\"2\"} 1\n# EOF\n", "1:8: expected , or } after a label: write {a=\"1\",b=\"2\"} without blanks")]
    [InlineData("a{x=\"1\" 1\n# EOF\n", "1:8: expected , or } after a label: write {a=\"1\",b=\"2\"} without blanks")]
    [InlineData("a\n# EOF\n", "1:2: no value: one blank and a number belong here")]
    [InlineData("a \n# EOF\n", "1:2: a blank ends the line, and no value follows: remove it or write the value")]
    [InlineData("a  1\n# EOF\n", "1:3: more than one blank before the value: write one")]
    [InlineData("a\t1\n# EOF\n", "1:2: one blank must stand before the value")]
    [InlineData("a 0x1\n# EOF\n", "1:3: \"0x1\" is no value: write a decimal number that a double holds, +Inf, -Inf or NaN")]
    [InlineData("a 1 soon\n# EOF\n", "1:5: \"soon\" is no timestamp: write a decimal number that a double holds")]
    [InlineData("a 1 NaN\n# EOF\n", "1:5: the timestamp is no moment: write Unix seconds, such as 1700000000.125")]
    // Exemplars.
    [InlineData("# TYPE a counter\na_total 1 #{} 1\n# EOF\n", "2:10: an exemplar is written as # {label=\"value\"} 1 with one blank before and behind the #; a sample ends behind its timestamp")]
    [InlineData("# TYPE a counter\na_total 1 # {x=\"1\"} 1 2 3\n# EOF\n", "2:24: something follows the exemplar: the line must end there")]
    [InlineData("# TYPE a gauge\na 1 # {} 1\n# EOF\n", "2:5: an exemplar may stand at the _total of a counter and at buckets only: remove it")]
    [InlineData(Wait + "wait_bucket{le=\"1.0\"} 1 # {} 2\nwait_bucket{le=\"+Inf\"} 1\n# EOF\n", "2:25: the exemplar's value is above the bound of its bucket: put it into the bucket that it falls in")]
    // Times and series.
    [InlineData("a 1 2\na 1 1.999\n# EOF\n", "2:5: the timestamp is before that of the metric's last point: write points in the order of time, each with all its samples")]
    [InlineData("a 1 2\na 1\n# EOF\n", "2:1: some samples of the metric have timestamps and others none: give them to all or to none")]
    [InlineData("a{x=\"1\"} 1\na{x=\"1\",y=\"\"} 1\n# EOF\n", "2:1: the series is told twice: keep one sample")]
    [InlineData("a{x=\"1\"} 1\na{x=\"2\"} 1\na{x=\"1\"} 1\n# EOF\n", "3:1: the metric began in line 1, and others stand between: keep its samples together, each told once")]
    // Types.
    [InlineData("# TYPE a counter\na_total -1\n# EOF\n", "2:9: a counter is never negative: use a gauge for what can fall")]
    [InlineData("# TYPE a counter\na_total NaN\n# EOF\n", "2:9: a counter is never NaN: write what was counted")]
    [InlineData("# TYPE a counter\na_created 1\n# EOF\n", "2:1: the counter has no a_total: write it")]
    [InlineData("# TYPE a counter\na_total 1\na_created +Inf\n# EOF\n", "3:11: the time of creation is no moment: write Unix seconds")]
    [InlineData("# TYPE a info\na_info{x=\"1\"} 2\n# EOF\n", "2:15: the value of an info is always 1: its labels are what it tells")]
    [InlineData("# TYPE a stateset\na{a=\"x\"} 2\n# EOF\n", "2:10: a state is 1 (true) or 0 (false)")]
    [InlineData("# TYPE a stateset\na 1\n# EOF\n", "2:1: a has no label a: write it")]
    [InlineData("# TYPE a summary\na{quantile=\"2.0\"} 1\n# EOF\n", "2:3: the quantile \"2.0\" is not from 0 to 1")]
    [InlineData("# TYPE a summary\na{quantile=\"0.5\"} -1\n# EOF\n", "2:19: the value of a quantile is negative: summaries are of what is not negative")]
    [InlineData("# TYPE a summary\na_sum{quantile=\"0.5\"} 1\n# EOF\n", "2:7: the label quantile does not belong at a_sum: remove it")]
    [InlineData("# TYPE a summary\na_count 1.5\n# EOF\n", "2:9: a count is a whole number")]
    [InlineData(Wait + "wait_bucket 1\n# EOF\n", "2:1: wait_bucket has no label le: write it")]
    [InlineData(Wait + "wait_bucket{le=\"x\"} 1\n# EOF\n", "2:13: \"x\" is no le: write a number")]
    [InlineData(Wait + "wait_bucket{le=\"inf\"} 1\n# EOF\n", "2:13: infinity is written le=\"+Inf\"")]
    [InlineData(Wait + "wait_bucket{le=\"1.0\"} 1\n# EOF\n", "2:1: the bucket with le=\"+Inf\" is missing: write it as the last one")]
    [InlineData(Wait + "wait_bucket{le=\"2.0\"} 1\nwait_bucket{le=\"1.0\"} 1\nwait_bucket{le=\"+Inf\"} 1\n# EOF\n", "3:1: buckets are not in the order of their bounds: write them with le rising")]
    [InlineData(Wait + "wait_bucket{le=\"2.0\"} 2\nwait_bucket{le=\"+Inf\"} 1\n# EOF\n", "3:24: the bucket has less than the one before: buckets are cumulative, each counts all that is at or below its bound")]
    [InlineData(Wait + "wait_bucket{le=\"+Inf\"} 1\nwait_count 2\nwait_sum 2\n# EOF\n", "3:12: wait_count differs from the bucket with le=\"+Inf\": both count everything")]
    [InlineData(Wait + "wait_bucket{le=\"+Inf\"} 1\nwait_count 1\n# EOF\n", "3:12: wait_count stands without wait_sum: write both or none")]
    [InlineData(Wait + "wait_bucket{le=\"+Inf\"} 1\nwait_sum 1\n# EOF\n", "3:10: wait_sum stands without wait_count: write both or none")]
    [InlineData(Wait + "wait_bucket{le=\"-1.0\"} 1\nwait_bucket{le=\"+Inf\"} 1\nwait_count 1\nwait_sum 1\n# EOF\n", "5:10: wait_sum beside buckets with negative bounds is no counter: leave it and wait_count out")]
    [InlineData(Wait + "wait_count 1\nwait_sum 1\n# EOF\n", "2:1: the histogram has no buckets: write wait_bucket, at least the one with le=\"+Inf\"")]
    [InlineData(Level + "level_bucket{le=\"+Inf\"} 1\nlevel_gcount 1\nlevel_gsum -1\n# EOF\n", "4:12: level_gsum is negative, and no bucket has a negative bound: one of them is wrong")]
    [InlineData(Level + "level_bucket{le=\"+Inf\"} 1\nlevel_gcount 1\nlevel_gsum NaN\n# EOF\n", "4:12: the sum is NaN: leave it out where there is none")]
    public void Fault_IsToldWithPlaceAndAdvice(string body, string expected) => Assert.Equal(expected, Assert.Single(Errors(body)));

    [Theory]
    [InlineData("# EOF\n")]
    [InlineData("# TYPE a counter\na_total 1 5\na_created 1 5\na_total 2 6\na_created 1 6\n# EOF")]
    [InlineData("# TYPE a unknown\na 1 5\na 2 5\n# EOF\n")]
    [InlineData(Wait + "wait_bucket{le=\"+Inf\",x=\"1\"} 1 1\nwait_bucket{x=\"1\",le=\"+Inf\"} 2 2\nwait_bucket{le=\"+Inf\"} 0\n# EOF\n")]
    [InlineData(Level + "level_bucket{le=\"-5.0\"} 1\nlevel_bucket{le=\"+Inf\"} 1\nlevel_gcount 1\nlevel_gsum -7.5\n# EOF\n")]
    [InlineData("# TYPE a summary\na{quantile=\"0.5\"} NaN\na{quantile=\"0.25\"} 1\na_sum 1\n# EOF\n")]
    [InlineData("# TYPE le stateset\nle{le=\"on\"} 1\nle{le=\"off\"} 0\n# EOF\n")]
    public void WhatIsAllowed_HasNoError(string body) => Assert.Empty(Errors(body));

    [Fact]
    public void AllFaults_AreTold_EachLineForItself()
    {
        string[] expected =
        [
            "2:9: a counter is never negative: use a gauge for what can fall",
            "4:3: \"one\" is no value: write a decimal number that a double holds, +Inf, -Inf or NaN",
            "5:3: invalid label name: it begins with a letter or _, goes on with letters, digits and _, and no blank stands around it",
            "7:14: a count is never negative or NaN: write how many there were",
            "7:14: level_gcount stands without level_gsum: write both or none",
        ];
        // What seems to be missing may stand in the line that could not be read: the buckets' end is not asked for.
        Assert.Equal(expected, Errors("# TYPE a counter\na_total -1\n# TYPE b gauge\nb one\nb{1=\"\"} 1\n" + Level.Replace('\n', ' ').TrimEnd() + "\nlevel_gcount -1\n# EOF\n").Where(e => !e.Contains("no buckets", StringComparison.Ordinal)));
    }

    [Fact]
    public void LineThatCannotBeRead_IsNotMissedToo() =>
        Assert.Equal("3:1: invalid metric name: it begins with a letter, _ or :, and goes on with letters, digits, _ and :",
            Assert.Single(Errors(Wait + "wait_bucket{le=\"1.0\"} 1\n%wait_bucket{le=\"+Inf\"} 1\n# EOF\n")));

    [Fact]
    public void ExemplarLabels_AreCountedInCharacters()
    {
        string Body(int letters) => $"# TYPE a counter\na_total 1 # {{id=\"{string.Concat(Enumerable.Repeat("日", letters))}\"}} 1\n# EOF\n";
        Assert.Empty(Errors(Body(126)));
        Assert.Equal("2:13: the exemplar's label names and values have 129 characters: no more than 128 are allowed", Assert.Single(Errors(Body(127))));
    }

    [Fact]
    public void BytesThatAreNoUtf8_AreTold()
    {
        byte[] body = [.. "a{x=\"é"u8, 0xFF, .. "\"} 1\n# EOF\n"u8];
        Assert.Equal("1:7: error: bytes that are no UTF-8: write text as UTF-8", Assert.Single(ExpositionCheck.Run(body).Findings).ToString());
    }

    [Theory]
    [InlineData("# TYPE a gauge\n# HELP a A \"word.\na 1\n# EOF\n", "2:12: warning: a double quote that is not escaped: write \\\"")]
    [InlineData("# TYPE a gauge\n# HELP a A.\na{x=\"\\d\"} 1\n# EOF\n", "3:6: warning: no such escape: there are \\n, \\\" and \\\\; write \\\\ for a backslash")]
    [InlineData("# HELP a A.\na 1\n# EOF\n", "1:1: warning: a has no TYPE, so it is unknown: say its type")]
    [InlineData("# TYPE a gauge\na 1\n# EOF\n", "1:1: warning: a has no HELP: say what it is")]
    [InlineData("# TYPE a histogram\n# HELP a A.\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\n# EOF\n", "3:10: warning: others write this number as \"1.0\": the same text makes it the same series everywhere")]
    [InlineData("# TYPE a gauge\n# HELP a A.\na 1 5\na 2 5\n# EOF\n", "3:5: note: the specification would rather have samples without timestamps", "4:5: warning: the series has a second sample at this time: one of them will be dropped")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b gauge\nb 1\n# EOF\n", "2:1: note: the specification would have metadata in the order TYPE, UNIT, HELP")]
    [InlineData("# TYPE a_bytes gauge\n# HELP a_bytes A.\na_bytes 1\n# EOF\n", "1:1: note: the specification would have a UNIT line where a name ends with a unit")]
    public void Advice_IsNoError(string body, params string[] expected)
    {
        Assert.Equal(expected, ExpositionCheck.Run(Encoding.UTF8.GetBytes(body)).Findings.Select(f => f.ToString()));
        Assert.Empty(Errors(body));
    }

    [Fact]
    public void SampleOfAnotherType_IsAFamilyOfItsOwn_WithAWarning()
    {
        var report = ExpositionCheck.Run("# TYPE a gauge\n# HELP a A.\na_total 1\n# EOF\n"u8);
        Assert.Equal(0, report.Errors);
        Assert.Contains("3:1: warning: a_total is no sample of the gauge a (which has a), so it is a family of its own: is the type right?", report.Findings.Select(f => f.ToString()));
        Assert.Equal([new ExpositionFamily("a_total", 1)], report.Families);
    }

    [Fact]
    public void Findings_AreBounded_AndAllCounted()
    {
        var report = ExpositionCheck.Run(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("?\n", 1500)) + "# EOF\n"));
        Assert.Equal((1500, 1000, 500), (report.Errors, report.Findings.Count, report.Untold));
    }

    /// <summary>Bodies that were valid with bytes changed, cut and doubled: any verdict, no fault of ours.</summary>
    [Fact]
    public void ChangedBodies_AreJudged()
    {
        var random = new Random(20261130);
        byte[][] bodies = [.. OpenMetricsRules.All.Select(r => Encoding.UTF8.GetBytes(r.Body)).Where(b => b.Length > 0)];
        for (int round = 0; round < 4000; round++)
        {
            byte[] body = [.. bodies[random.Next(bodies.Length)], .. bodies[random.Next(bodies.Length)]];
            for (int change = random.Next(4); change >= 0; change--) body[random.Next(body.Length)] = Likely[random.Next(Likely.Length)];
            var report = ExpositionCheck.Run(body.AsSpan(random.Next(3)), openMetrics: round % 4 != 0);
            Assert.All(report.Findings, f => Assert.True(f is { Line: > 0, Column: > 0 } && f.Text.Length > 0));
        }
    }

    private static List<string> Errors(string body) =>
        [.. ExpositionCheck.Run(Encoding.UTF8.GetBytes(body), openMetrics: true, conventions: false).Findings.Select(f => f.ToString().Replace(" error:", "", StringComparison.Ordinal))];
}
