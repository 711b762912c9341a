using System.CommandLine;
using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary><c>streamline check config FILE...</c>: every error and warning of the files, exit 2 when there is an error; and <see cref="CheckMetricsCommand"/>.</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        var files = new Argument<string[]>("files") { Description = "Configuration files.", Arity = ArgumentArity.OneOrMore };
        var config = new Command("config", "Check configuration files with everything that they name.") { files };
        config.SetAction(parsed => Check(parsed.GetValue(files)!));
        return new Command("check", "Check files without running them.") { config, CheckMetricsCommand.Build() };
    }

    private static int Check(string[] files)
    {
        int exit = 0;
        foreach (string file in files)
        {
            var loaded = ConfigLoader.Load(file);
            var errors = loaded.IsValid ? PipelineHost.UnbuiltIn(loaded) : loaded.Errors;
            foreach (var warning in loaded.Warnings.Except(errors)) Console.Out.WriteLine("warning: " + warning);
            if (errors.Count == 0)
            {
                Console.Out.WriteLine($"{file}: valid");
                continue;
            }
            ConfigReport.Print(errors, Console.Error);
            exit = 2;
        }
        return exit;
    }
}
