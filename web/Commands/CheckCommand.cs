using System.CommandLine;
using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary>
/// <c>streamline check config FILE...</c> and <c>check rules [FILE...]</c>: every error and warning of the files, exit 2 when there is an error; <c>check healthy</c> and
/// <c>check ready</c> of a running server; and <see cref="CheckMetricsCommand"/>.
/// </summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        var files = new Argument<string[]>("files") { Description = "Configuration files.", Arity = ArgumentArity.OneOrMore };
        var config = new Command("config", "Check configuration files with everything that they name.") { files };
        config.SetAction(parsed => Check(parsed.GetValue(files)!, CheckConfig));

        var ruleFiles = new Argument<string[]>("files") { Description = "Rule files; standard input when none is given, or for -.", Arity = ArgumentArity.ZeroOrMore };
        var rules = new Command("rules", "Check rule files by themselves.") { ruleFiles };
        rules.SetAction(parsed => Check(parsed.GetValue(ruleFiles) is { Length: > 0 } given ? given : ["-"], CheckRules));
        return new Command("check", "Check files without running them.") { config, rules, CheckMetricsCommand.Build(), Server("healthy", "Whether a server is alive."), Server("ready", "Whether a server answers queries.") };
    }

    private static Command Server(string state, string description)
    {
        var url = new Option<string>("--url") { Description = "Address of the server.", DefaultValueFactory = _ => "http://localhost:9090" };
        var command = new Command(state, description) { url };
        command.SetAction(async (parsed, cancellation) =>
        {
            await Console.Out.WriteLineAsync(await ServerClient.ProbeAsync(parsed.GetValue(url)!, state, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static int Check(string[] files, Func<string, bool> isGood)
    {
        int exit = 0;
        foreach (string file in files)
        {
            if (!isGood(file)) exit = 2;
        }
        return exit;
    }

    private static bool CheckConfig(string file)
    {
        var loaded = ConfigLoader.Load(file);
        return Tell(file, loaded, loaded.IsValid ? PipelineHost.UnbuiltIn(loaded) : loaded.Errors, loaded.Summary);
    }

    private static bool CheckRules(string file)
    {
        var loaded = file == "-" ? ConfigLoader.LoadRulesText(Console.In.ReadToEnd(), "stdin") : ConfigLoader.LoadRules(file);
        return Tell(file == "-" ? "stdin" : file, loaded, loaded.Errors, loaded.RuleSummary);
    }

    private static bool Tell(string file, ConfigResult loaded, IReadOnlyList<ConfigError> errors, string summary)
    {
        foreach (var warning in loaded.Warnings.Except(errors)) Console.Out.WriteLine("warning: " + warning);
        if (errors.Count > 0) ConfigReport.Print(errors, Console.Error);
        else Console.Out.WriteLine($"{file}: valid, {summary}");
        return errors.Count == 0;
    }
}
