using System.Text;

namespace Streamline.Pipeline.Tests.Exposition.Checks;

/// <summary>The text format and the conventions of names.</summary>
public sealed class TextCheckTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# a comment\n\n# HELP jobs_total Done.\n# TYPE jobs_total counter\n  jobs_total { zone = \"x\" , } 1 1700000000000\n")]
    [InlineData("# HELP wait_seconds Wait.\n# TYPE wait_seconds histogram\nwait_seconds_bucket{le=\"1\"} 1\nwait_seconds_bucket{le=\"+Inf\"} 1\nwait_seconds_sum 1\nwait_seconds_count 1\n")]
    [InlineData("# HELP wait_seconds Wait.\n# TYPE wait_seconds summary\nwait_seconds{quantile=\"0.5\"} 1\nwait_seconds_sum 1\nwait_seconds_count 1\n")]
    [InlineData("# HELP free_total_bucket No type: names and labels mean nothing.\nfree_total_bucket{le=\"1\",quantile=\"1\"} 1\n")]
    [InlineData("# HELP \"job.level\" Quoted.\n# TYPE \"job.level\" gauge\n{\"job.level\",\"zone.name\"=\"x\"} 1\n")]
    [InlineData("# TYPE never_sampled_milliseconds gauge\n")]
    public void Fine(string body) => Assert.Empty(Found(body));

    [Theory]
    [InlineData("a 1\n  b one\nc 1", "2:3: error: invalid or missing value", "3:1: error: last line does not end with a newline")]
    [InlineData("a{x=\"é\",1=\"\"} 1\n", "1:9: error: invalid label name: it begins with a letter or _, goes on with letters, digits and _, and no blank stands around it")]
    [InlineData("a.b 1\n", "1:2: error: invalid metric name: it begins with a letter, _ or :, and goes on with letters, digits, _ and :")]
    [InlineData("# HELP a One.\n# HELP a Two.\n", "2:1: error: HELP of a is told twice: a scrape takes the last, promtool and Pushgateway refuse it; keep one line")]
    [InlineData("# HELP a One.\n# TYPE a gauge\n# TYPE a gauge\na 1\n", "3:1: error: TYPE of a is told twice: promtool and Pushgateway refuse it; keep one line, before the samples")]
    [InlineData("# HELP a One.\na 1\n# TYPE a gauge\n", "3:1: error: TYPE of a stands behind its samples: promtool and Pushgateway refuse it; keep one line, before the samples")]
    [InlineData("# HELP a C:\\dir\na 1\n", "1:1: error: HELP of a has a backslash that escapes nothing: write \\\\")]
    public void Broken(string body, params string[] expected) => Assert.Equal(expected, Found(body, conventions: false));

    [Theory]
    [InlineData("counter", "jobs_total", "")]
    [InlineData("counter", "jobs", "the counter jobs does not end with _total: name it jobs_total")]
    [InlineData("gauge", "jobs_total", "jobs_total ends with _total and is no counter: change the name or the type")]
    [InlineData("gauge", "wait_seconds", "")]
    [InlineData("gauge", "wait_milliseconds", "wait_milliseconds counts in milliseconds: use the base unit seconds")]
    [InlineData("gauge", "disk_kibibytes_free", "disk_kibibytes_free counts in kibibytes: use the base unit bytes")]
    [InlineData("gauge", "room_fahrenheit", "room_fahrenheit counts in fahrenheit: use the base unit celsius")]
    [InlineData("gauge", "wait_ms", "wait_ms has the abbreviated unit ms: write the unit out")]
    [InlineData("gauge", "s_wait", "")]
    [InlineData("gauge", "job:wait:sum", "job:wait:sum has a colon, which is for the names of recording rules: use _")]
    [InlineData("gauge", "jobWait", "jobWait is in camelCase: use snake_case")]
    [InlineData("gauge", "jobs_gauge", "jobs_gauge has its type in its name: leave gauge out")]
    [InlineData("gauge", "jobs_counter", "")]
    [InlineData("gauge", "jobs_bucket", "jobs_bucket ends with _bucket, which is for histograms: rename it")]
    [InlineData("gauge", "jobs_count", "jobs_count ends with _count, which is for histograms and summaries: rename it")]
    [InlineData("gauge", "jobs_sum", "jobs_sum ends with _sum, which is for histograms and summaries: rename it")]
    [InlineData("gauge", "jobs{zoneName=\"x\"}", "the label zoneName of jobs is in camelCase: use snake_case")]
    [InlineData("gauge", "jobs{le=\"1\"}", "jobs has the label le, which is for histograms: rename it")]
    [InlineData("gauge", "jobs{quantile=\"1\"}", "jobs has the label quantile, which is for summaries: rename it")]
    public void Convention(string type, string series, string expected)
    {
        string name = series.Split('{')[0];
        string text = string.Join('\n', Found($"# HELP {name} Text.\n# TYPE {name} {type}\n{series} 1\n"));
        Assert.Equal(expected, text.Length == 0 ? "" : text[(text.IndexOf("warning: ", StringComparison.Ordinal) + 9)..]);
    }

    [Fact]
    public void NoHelp_And_SeriesToldTwice_AreWarnings() =>
        Assert.Equal(["1:1: warning: a has no HELP: say what it is", "2:1: warning: the series is told in line 1 already: one of the samples will be dropped"], Found("a{x=\"1\"} 1\na{x=\"1\",y=\"\"} 2\n"));

    [Fact]
    public void Families_CountTheirSeries()
    {
        var report = ExpositionCheck.Run("# TYPE w histogram\nw_bucket{le=\"1\"} 1\nw_bucket{le=\"+Inf\"} 1\nw_sum 1\nw_count 1\na{x=\"1\"} 1\na{x=\"2\"} 1\na{x=\"2\"} 1\n"u8);
        Assert.False(report.IsOpenMetrics);
        Assert.Equal([new ExpositionFamily("w", 4), new ExpositionFamily("a", 2)], report.Families);
    }

    private static IEnumerable<string> Found(string body, bool conventions = true) => ExpositionCheck.Run(Encoding.UTF8.GetBytes(body), openMetrics: false, conventions).Findings.Select(f => f.ToString());
}
