using System.CommandLine;
using System.Globalization;
using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary>
/// <c>streamline check metrics [FILE...]</c>: metrics of files or standard input against their format and the conventions of names. Exit codes as promtool's:
/// 0 fine, 1 broken or unreadable, 3 warnings only.
/// </summary>
internal static class CheckMetricsCommand
{
    // No target's answer is near it; what is larger is the wrong file.
    private const long MaxBytes = 1L << 30;

    public static Command Build()
    {
        var files = new Argument<string[]>("files") { Description = "Files with metrics; standard input when none is given, or for -.", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string?>("--format") { Description = "openmetrics-text or prometheus-text; by itself OpenMetrics is known by its line # EOF." };
        format.AcceptOnlyFromAmong("openmetrics-text", "prometheus-text");
        var lint = new Option<string>("--lint") { Description = "all also tells what the conventions advise against, none errors only.", DefaultValueFactory = _ => "all" };
        lint.AcceptOnlyFromAmong("all", "none");
        var extended = new Option<bool>("--extended") { Description = "Also print how many series each metric has." };
        var command = new Command("metrics", "Check metrics, in OpenMetrics or the Prometheus text format, as a target gives them.") { files, format, lint, extended };
        command.SetAction(parsed =>
        {
            bool? openMetrics = parsed.GetValue(format) switch { "openmetrics-text" => true, "prometheus-text" => false, _ => null };
            string[] names = parsed.GetValue(files) is { Length: > 0 } given ? given : ["-"];
            return names.Select(name => Check(name, openMetrics, parsed.GetValue(lint) == "all", parsed.GetValue(extended))).Aggregate(0, Worse);
        });
        return command;
    }

    /// <summary>Broken (1) is worse than warnings (3).</summary>
    private static int Worse(int one, int other) => one == 1 || other == 1 ? 1 : Math.Max(one, other);

    private static int Check(string name, bool? openMetrics, bool lint, bool extended)
    {
        string title = name == "-" ? "stdin" : name;
        byte[] body;
        try
        {
            body = Read(name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Console.Error.WriteLine($"{title}: {error.Message}");
            return 1;
        }
        var report = ExpositionCheck.Run(body, openMetrics, lint);
        Print(title, report);
        if (extended) PrintFamilies(report.Families, Console.Out);
        return report.Errors > 0 ? 1 : report.Warnings > 0 ? 3 : 0;
    }

    private static byte[] Read(string name)
    {
        using var input = name == "-" ? Console.OpenStandardInput() : File.OpenRead(name);
        using var body = new MemoryStream();
        byte[] part = new byte[1 << 16];
        for (int count; (count = input.Read(part)) > 0;)
        {
            if (body.Length + count > MaxBytes) throw new IOException("more than 1 GiB: is this a file with metrics?");
            body.Write(part, 0, count);
        }
        return body.ToArray();
    }

    private static void Print(string title, ExpositionReport report)
    {
        foreach (var finding in report.Findings) Console.Error.WriteLine($"{title}:{finding}");
        if (report.Untold > 0) Console.Error.WriteLine($"{title}: and {report.Untold} more");
        string format = report.IsOpenMetrics ? "OpenMetrics" : "Prometheus text";
        if (report.Errors + report.Warnings > 0) Console.Error.WriteLine($"{title}: {format}, {Counted(report.Errors, "error")}, {Counted(report.Warnings, "warning")}");
        else Console.Out.WriteLine($"{title}: {format}, {Counted(report.Families.Sum(f => f.Series), "series", "series")}, valid");
    }

    private static string Counted(long count, string one, string? many = null) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    private static void PrintFamilies(IReadOnlyList<ExpositionFamily> families, TextWriter target)
    {
        long total = families.Sum(f => f.Series);
        int width = families.Select(f => f.Name.Length).Append(6).Max() + 4;
        target.WriteLine($"{"Metric".PadRight(width)}{"Cardinality",-15}Percentage");
        foreach (var family in families.OrderByDescending(f => f.Series))
        {
            double percentage = total == 0 ? 0 : 100.0 * family.Series / total;
            target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{family.Name.PadRight(width)}{family.Series,-15}{percentage:F2}%"));
        }
        target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"Total".PadRight(width)}{total,-15}100%"));
    }
}
