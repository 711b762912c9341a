using System.Globalization;
using System.Text;
using Streamline.Conformance.Running;

namespace Streamline.Conformance;

/// <summary>
/// Prometheus's own scripts. <c>baseline.txt</c> holds the passes of each file that were reached once: fewer is a regression. Set
/// STREAMLINE_PROMQLTEST_FREEZE=1 to write what is reached now, STREAMLINE_PROMQLTEST_REPORT=file to get every command that does not pass.
/// </summary>
public sealed class PrometheusScriptTests
{
    [Fact]
    public async Task PrometheusScripts_KeepTheirPasses()
    {
        string? folder = ScriptFolders.Prometheus();
        if (folder is null)
        {
            Console.WriteLine("CONFORMANCE NOT MEASURED: no folder shared/conformance/promqltest beside the project, and STREAMLINE_PROMQLTEST names none");
            Assert.Skip("Prometheus's scripts are not here");
        }
        Dictionary<string, List<Outcome>> outcomes = [];
        foreach (string file in Directory.GetFiles(folder, "*.test").Order(StringComparer.Ordinal))
        {
            outcomes[Path.GetFileName(file)] = await ScriptRunner.RunAsync(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        Report(outcomes);
        if (Environment.GetEnvironmentVariable("STREAMLINE_PROMQLTEST_FREEZE") == "1") Freeze(outcomes);
        Assert.NotEmpty(outcomes);
        Dictionary<string, int> baseline = Baseline();
        string[] regressions =
        [
            .. from known in baseline
               let reached = Passes(outcomes.GetValueOrDefault(known.Key) ?? [])
               where reached < known.Value
               select $"{known.Key}: {reached} of the {known.Value} commands that have passed before",
        ];
        Assert.True(regressions.Length == 0, string.Join('\n', regressions));
        string[] misses = [.. Misses(outcomes)];
        Assert.True(misses.Length == 0, string.Join('\n', misses.Take(40)));
    }

    /// <summary>
    /// The same over a real database: what chunks keep of samples and hints must do for every answer. It does not keep start timestamps yet.
    /// </summary>
    [Fact]
    public async Task PrometheusScripts_OverTheDatabase_PassAsWell()
    {
        string? folder = ScriptFolders.Prometheus();
        if (folder is null) Assert.Skip("Prometheus's scripts are not here");
        List<string> misses = [];
        foreach (string file in Directory.GetFiles(folder, "*.test").Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) == "start_timestamps.test") continue;
            List<Outcome> outcomes = await ScriptRunner.RunAsync(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), new DatabaseScriptStore());
            misses.AddRange(outcomes.Where(o => o.Kind != OutcomeKind.Passed).Select(o => $"{Path.GetFileName(file)} {o}"));
        }
        Assert.True(misses.Count == 0, $"{misses.Count} misses\n{string.Join('\n', misses.Take(40))}");
    }

    private static int Passes(List<Outcome> outcomes) => outcomes.Count(o => o.Kind == OutcomeKind.Passed);

    private static IEnumerable<string> Misses(Dictionary<string, List<Outcome>> outcomes) =>
        from file in outcomes
        from outcome in file.Value
        where outcome.Kind == OutcomeKind.Failed
        select $"{file.Key} {outcome}";

    private static void Report(Dictionary<string, List<Outcome>> outcomes)
    {
        var table = new StringBuilder("conformance: file, passed, failed, of all\n");
        foreach ((string file, List<Outcome> all) in outcomes) AppendRow(table, file, all);
        AppendRow(table, "total", [.. outcomes.Values.SelectMany(o => o)]);
        Console.Write(table);
        if (Environment.GetEnvironmentVariable("STREAMLINE_PROMQLTEST_REPORT") is not { Length: > 0 } report) return;
        File.WriteAllLines(report, outcomes.SelectMany(f => f.Value.Where(o => o.Kind != OutcomeKind.Passed).Select(o => $"{f.Key} {o}")));
    }

    private static void AppendRow(StringBuilder table, string name, List<Outcome> all)
    {
        int failed = all.Count(o => o.Kind == OutcomeKind.Failed);
        table.Append(CultureInfo.InvariantCulture, $"  {name,-28}{Passes(all),5}{failed,5}{all.Count,6}\n");
    }

    private static Dictionary<string, int> Baseline() => File.ReadLines(ScriptFolders.Baseline)
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));

    /// <summary>Raises the baseline; it is lowered by hand only, with a reason in the commit.</summary>
    private static void Freeze(Dictionary<string, List<Outcome>> outcomes)
    {
        Dictionary<string, int> baseline = Baseline();
        foreach ((string file, List<Outcome> all) in outcomes) baseline[file] = Math.Max(Passes(all), baseline.GetValueOrDefault(file));
        IEnumerable<string> lines = baseline.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} {f.Value}"));
        File.WriteAllText(ScriptFolders.Baseline, string.Join('\n', lines) + "\n");
    }
}
