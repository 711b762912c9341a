using System.CommandLine;
using Streamline.Pipeline;
using Streamline.Web.Api;

namespace Streamline.Web.Commands;

/// <summary>
/// The verbs of <c>streamline</c>. Exit codes: 0 good, 2 configuration, 3 flags that exclude each other, 1 everything else; every error is told in a
/// line on standard error.
/// </summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var root = Build();
            var parsed = root.Parse(ArgumentList.Normalize(arguments, [.. root.Subcommands.Select(c => c.Name)]));
            if (parsed.Errors.Count > 0)
            {
                foreach (string line in UsageReport.Lines(parsed, root)) await Console.Error.WriteLineAsync("streamline: " + line).ConfigureAwait(false);
                return 1;
            }
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
        }
        catch (UsageException error)
        {
            await Console.Error.WriteLineAsync("streamline: " + error.Message).ConfigureAwait(false);
            return error.ExitCode;
        }
        catch (ConfigException error)
        {
            ConfigReport.Print(error.Errors, Console.Error);
            return 2;
        }
    }

    private static RootCommand Build()
    {
        var root = new RootCommand($"Streamline {StatusApi.StreamlineVersion}: metrics from source to alert and lake in one program. Without a command it runs the server.");
        root.Add(RunCommand.Build());
        root.Add(CheckCommand.Build());
        root.Add(GraphCommand.Build());
        root.Add(SchemaCommand.Build());
        root.Add(QueryCommand.Build());
        root.Add(TapCommand.Build());
        root.Add(TsdbCommand.Build());
        root.Add(LakeCommand.Build());
        return root;
    }
}
