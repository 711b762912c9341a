using Streamline.Web.Commands;

namespace Streamline.Web.Tests.Commands;

/// <summary><c>streamline check rules</c>.</summary>
[Collection("console")]
public sealed class CheckRulesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-rules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("groups: [{name: g, rules: [{record: a, expr: b}, {alert: A, expr: c > 1}]}]", 0, "rules.yml: valid, 2 rules in 1 groups\n", "")]
    [InlineData("groups: []", 0, "rules.yml: valid, 0 rules in 0 groups\n", "")]
    [InlineData("groups:\n- name: g\n  rules:\n  - {record: a, expr: b}\n- name: h\n  rules:\n  - {record: a, expr: c}\n", 0,
        "warning: rules.yml:7:14: groups[1].rules[0]: a rule of this name and these labels stands in line 4 already\nrules.yml: valid, 2 rules in 2 groups\n", "")]
    [InlineData("groups:\n- name: g\n  labels: {a: b}\n  rules: [{record: a, expr: b}, {record: a, expr: b, labels: {a: c}}]\n", 0, "rules.yml: valid, 2 rules in 1 groups\n", "")]
    [InlineData("groups:\n- name: g\n  rules: [{record: a, expr: 'sum('}]\n", 2, "", "rules.yml:3:29: groups[0].rules[0].expr: bad expression")]
    [InlineData("groups:\n- name: g\n  rulse: []\n", 2, "", "rules.yml:3:3: groups[0].rulse: unknown key \"rulse\" (did you mean \"rules\"?)")]
    [InlineData("groups: [{name: g, evaluation: streaming, rules: []}]", 2, "", "for a file it stands beside its path under rules.files")]
    [InlineData(null, 2, "", "rules.yml: cannot be read")]
    public void Files(string? text, int exit, string printed, string error)
    {
        string file = Path.Combine(_folder, "rules.yml");
        if (text is not null) File.WriteAllText(file, text);
        var (code, standard, errors) = Run("rules", file);
        Assert.Equal((exit, printed), (code, standard.Replace(_folder + "/", "", StringComparison.Ordinal)));
        Assert.Contains(error, errors.Replace(_folder + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(exit == 0, errors.Length == 0);
    }

    [Fact]
    public void Config_Valid_TellsWhatItHolds()
    {
        string file = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(file, "scrape_configs: [{job_name: a}]\n");
        Assert.Equal((0, $"{file}: valid, 1 scrape jobs, 0 pipelines, 0 sinks, 0 rules in 0 groups\n", ""), Run("config", file));
    }

    private static (int Exit, string Printed, string Errors) Run(params string[] arguments)
    {
        var (before, beforeErrors) = (Console.Out, Console.Error);
        var (printed, errors) = (new StringWriter(), new StringWriter());
        Console.SetOut(printed);
        Console.SetError(errors);
        try
        {
            return (CheckCommand.Build().Parse(arguments).Invoke(), printed.ToString(), errors.ToString());
        }
        finally
        {
            Console.SetOut(before);
            Console.SetError(beforeErrors);
        }
    }
}
