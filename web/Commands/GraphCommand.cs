using System.CommandLine;
using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary><c>streamline graph FILE --format mermaid|dot</c>: the dataflow graph that a configuration asks for.</summary>
internal static class GraphCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("file") { Description = "Configuration file." };
        var format = new Option<string>("--format") { Description = "mermaid or dot.", DefaultValueFactory = _ => "mermaid" };
        format.AcceptOnlyFromAmong("mermaid", "dot");
        var command = new Command("graph", "Print the dataflow graph of a configuration.") { file, format };
        command.SetAction(parsed => Console.Out.Write(PipelineHost.GraphText(parsed.GetValue(file)!, parsed.GetValue(format) == "mermaid")));
        return command;
    }
}
