using System.Diagnostics;
using Streamline.Web.Commands;

namespace Streamline.Web.Tests.Commands;

/// <summary><c>streamline check metrics</c>: exit codes, beside Debian's promtool on the same input.</summary>
[Collection("console")]
public sealed class CheckMetricsTests : IDisposable
{
    private const string Fine = "# HELP jobs_total Done.\n# TYPE jobs_total counter\njobs_total 1\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Fine, 0)]
    [InlineData("", 0)]
    [InlineData("jobs 1\n", 3)]
    [InlineData("# HELP a A.\n# TYPE a counter\na 1\n", 3)]
    [InlineData("# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n", 3)]
    [InlineData("# HELP a_milliseconds A.\n# TYPE a_milliseconds gauge\na_milliseconds 1\n", 3)]
    [InlineData("# HELP a_ms A.\n# TYPE a_ms gauge\na_ms 1\n", 3)]
    [InlineData("# HELP a_gauge A.\n# TYPE a_gauge gauge\na_gauge 1\n", 3)]
    [InlineData("# HELP aB A.\n# TYPE aB gauge\naB 1\n", 3)]
    [InlineData("# HELP a:b A.\n# TYPE a:b gauge\na:b 1\n", 3)]
    [InlineData("# HELP a_bucket A.\n# TYPE a_bucket gauge\na_bucket 1\n", 3)]
    [InlineData("# HELP a A.\n# TYPE a gauge\na{le=\"1\"} 1\n", 3)]
    [InlineData("# HELP a A.\n# TYPE a gauge\na{xY=\"1\"} 1\n", 3)]
    [InlineData("# HELP a A.\n# TYPE a gauge\n# HELP a A.\na 1\n", 1)]
    [InlineData("# HELP a A.\na 1\n# TYPE a gauge\n", 1)]
    [InlineData("# HELP a A\\d.\na 1\n", 1)]
    [InlineData("# TYPE a number\na 1\n", 1)]
    [InlineData("a one\n", 1)]
    [InlineData("a{b=\"1\" 1\n", 1)]
    [InlineData("a 1", 1)]
    public void ExitCode_IsPromtools(string body, int exit)
    {
        Assert.Equal(exit, Run(["metrics", Input(body)]).Exit);
        Assert.SkipUnless(File.Exists(Program), "PROMTOOL NOT COMPARED: promtool (Debian package prometheus) is not installed");
        Assert.Equal(exit, Promtool(body));
    }

    [Fact]
    public void OpenMetrics_IsKnownByItsEnd_AndFaultsHaveFileLineAndColumn()
    {
        string file = Input("# TYPE jobs counter\n# HELP jobs Done.\njobs_total -1\n# EOF\n");
        var (exit, output, errors) = Run(["metrics", file]);
        Assert.Equal(1, exit);
        Assert.Empty(output);
        Assert.Equal($"{file}:3:12: error: a counter is never negative: use a gauge for what can fall\n{file}: OpenMetrics, 1 error, 0 warnings\n", errors);
    }

    [Fact]
    public void Format_IsGiven()
    {
        string file = Input(Fine + "# EOF\n");
        Assert.Equal(1, Run(["metrics", file]).Exit);
        Assert.Equal(0, Run(["metrics", "--format", "prometheus-text", file]).Exit);
        Assert.Equal(1, Run(["metrics", "--format=openmetrics-text", Input(Fine.Replace("_total", "", StringComparison.Ordinal))]).Exit);
    }

    [Fact]
    public void LintNone_TellsErrorsOnly()
    {
        string file = Input("jobs 1\n");
        Assert.Equal(3, Run(["metrics", file]).Exit);
        Assert.Equal((0, $"{file}: Prometheus text, 1 series, valid\n", ""), Run(["metrics", "--lint=none", file]));
    }

    [Fact]
    public void SeveralFiles_ExitWithTheWorst()
    {
        string warned = Input("jobs 1\n"), broken = Input("jobs one\n"), fine = Input(Fine);
        Assert.Equal(3, Run(["metrics", fine, warned]).Exit);
        Assert.Equal(1, Run(["metrics", broken, warned, fine]).Exit);
    }

    [Fact]
    public void FileThatIsNotThere_IsTold()
    {
        var (exit, _, errors) = Run(["metrics", _folder + "/none"]);
        Assert.Equal(1, exit);
        Assert.Contains("none", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Extended_CountsSeries()
    {
        string output = Run(["metrics", "--extended", Input(Fine + "# HELP w W.\n# TYPE w gauge\nw{x=\"1\"} 1\nw{x=\"2\"} 1\nw{x=\"3\"} 1\n")]).Output;
        Assert.EndsWith("Metric        Cardinality    Percentage\nw             3              75.00%\njobs_total    1              25.00%\nTotal         4              100%\n", output, StringComparison.Ordinal);
    }

    private string Input(string body)
    {
        string file = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(file, body);
        return file;
    }

    private static (int Exit, string Output, string Errors) Run(string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var (outBefore, errorBefore) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            return (CheckCommand.Build().Parse(arguments).Invoke(), output.ToString(), errors.ToString());
        }
        finally
        {
            Console.SetOut(outBefore);
            Console.SetError(errorBefore);
        }
    }

    private const string Program = "/usr/bin/promtool";

    private static int Promtool(string body)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Write(body);
        process.StandardInput.Close();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
