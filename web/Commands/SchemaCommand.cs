using System.CommandLine;
using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary><c>streamline schema</c>: the JSON schema of pipeline.yaml, or of rule files, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Build()
    {
        var rules = new Option<bool>("--rules") { Description = "The schema of rule files instead." };
        var command = new Command("schema", "Print the JSON schema of pipeline.yaml (and so of prometheus.yml) for editors.") { rules };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(parsed.GetValue(rules) ? ConfigLoader.RuleFileSchema() : ConfigLoader.Schema());
            return 0;
        });
        return command;
    }
}
