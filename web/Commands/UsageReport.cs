using System.CommandLine;
using System.CommandLine.Parsing;
using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary>What is wrong with a command line, for a person: each word that is not known with the one that was probably meant, and where the right ones are listed.</summary>
internal static class UsageReport
{
    public static IReadOnlyList<string> Lines(ParseResult parsed, RootCommand root)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens;
        bool isWord = unknown.Count > 0 && !unknown[0].StartsWith('-');
        // Without a verb run is meant: a word that is no flag was to be one.
        var meant = isWord && command.Name == "run" ? root : command;
        string help = string.Join(' ', PathOf(meant == root ? null : parsed.CommandResult).Append("--help").Prepend("streamline"));
        // That something is missing is no news beside the word that stands in its place, nor is what follows a word that is not known.
        IEnumerable<string> words = isWord ? [unknown[0]] : unknown.Where(word => word.StartsWith('-'));
        var faults = unknown.Count > 0 ? words.Select(word => Unknown(word, command, meant)) : parsed.Errors.Select(error => error.Message);
        return [.. faults, $"see {help}"];
    }

    private static string Unknown(string word, Command command, Command meant)
    {
        bool isFlag = word.StartsWith('-');
        string name = isFlag ? word.Split('=')[0] : word;
        if (!isFlag && meant.Subcommands.Count == 0) return $"there is no place for \"{word}\"";
        // A switch that does exist was turned around before.
        string wanted = name.StartsWith("--no-", StringComparison.Ordinal) ? "--" + name[5..] : name;
        string? near = NearestName.Of(wanted, isFlag ? command.Options.Select(o => o.Name) : meant.Subcommands.Select(c => c.Name));
        return $"there is no {(isFlag ? "flag" : "command")} {name}" + (near is null ? "" : $" (did you mean {near}?)");
    }

    private static IEnumerable<string> PathOf(SymbolResult? result) =>
        result is CommandResult { Command: not RootCommand } found ? PathOf(found.Parent).Append(found.Command.Name) : [];
}
