using System.CommandLine;
using Streamline.Pipeline;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Web.Commands;

/// <summary>
/// <c>streamline tsdb list|analyze|dump|verify [DIRECTORY]</c>: looks into a data directory, of a stopped or a running server, with the output of
/// <c>promtool tsdb</c> (<c>verify</c> and <c>repair</c> are our own). Only <c>repair</c> and <c>create-blocks-from</c> write.
/// </summary>
internal static class TsdbCommand
{
    // promtool's default. PromQL has no such selector, since it matches the empty name too.
    private const string Everything = "{__name__=~'(?s:.*)'}";

    public static Command Build()
    {
        var command = new Command("tsdb", "Look into a data directory, repair it, make blocks in it.");
        command.Add(List());
        command.Add(Analyze());
        command.Add(Dump());
        command.Add(Verify());
        command.Add(Repair());
        command.Add(CreateBlocksFrom());
        return command;
    }

    private static Argument<string> DataPath() => new("db path") { Description = "Data directory.", DefaultValueFactory = _ => "data/" };

    private static Command List()
    {
        var path = DataPath();
        var human = new Option<bool>("--human-readable", "-r") { Description = "Times and sizes for people." };
        var command = new Command("list", "List the blocks.") { path, human };
        command.SetAction(parsed => Guarded(() => TsdbReports.List(parsed.GetValue(path)!, parsed.GetValue(human), Console.Out)));
        return command;
    }

    private static Command Analyze()
    {
        var path = DataPath();
        var block = new Argument<string>("block id") { Description = "The last block when not given.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int>("--limit") { Description = "Lines of each list.", DefaultValueFactory = _ => 20 };
        var extended = new Option<bool>("--extended") { Description = "Also how full the chunks are; reads all of them." };
        var command = new Command("analyze", "Cardinality and churn of a block.") { path, block, limit, extended };
        command.SetAction(parsed => Guarded(() => TsdbReports.Analyze(parsed.GetValue(path)!, parsed.GetValue(block), parsed.GetValue(limit), parsed.GetValue(extended), Console.Out)));
        return command;
    }

    private static Command Dump()
    {
        var path = DataPath();
        var min = new Option<long>("--min-time") { Description = "First time, ms.", DefaultValueFactory = _ => long.MinValue };
        var max = new Option<long>("--max-time") { Description = "Last time, ms.", DefaultValueFactory = _ => long.MaxValue };
        var match = new Option<string>("--match") { Description = "Series selector.", DefaultValueFactory = _ => Everything };
        var command = new Command("dump", "Print all samples, the log's too.") { path, min, max, match };
        command.SetAction(parsed => Guarded(() =>
        {
            using var output = new StreamWriter(Console.OpenStandardOutput(), new System.Text.UTF8Encoding(false), 1 << 16);
            TsdbReports.Dump(parsed.GetValue(path)!, new TimeRange(parsed.GetValue(min), parsed.GetValue(max)), MatchersOf(parsed.GetValue(match)!), output);
            return 0;
        }));
        return command;
    }

    private static Command Verify()
    {
        var path = DataPath();
        var command = new Command("verify", "Read everything and check it: checksums, order, counts; exit 1 when something is wrong.") { path };
        command.SetAction(parsed => Guarded(() => TsdbReports.Verify(parsed.GetValue(path)!, Console.Out)));
        return command;
    }

    private static Command Repair()
    {
        var path = DataPath();
        var command = new Command("repair", "Make a damaged directory one that opens, keeping what can be read; the server must not run.") { path };
        command.SetAction(parsed => Guarded(() => TsdbReports.Repair(parsed.GetValue(path)!, Console.Out)));
        return command;
    }

    private static Command CreateBlocksFrom()
    {
        var input = new Argument<string>("input file") { Description = "OpenMetrics text, every sample with its timestamp." };
        var output = new Argument<string>("output directory") { Description = "Data directory that gets the blocks.", DefaultValueFactory = _ => "data/" };
        var human = new Option<bool>("--human-readable", "-r") { Description = "Times and sizes for people." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print nothing about the blocks made." };
        var longest = new Option<string>("--max-block-duration") { Description = "Longest block.", DefaultValueFactory = _ => "2h" };
        var labels = new Option<string[]>("--label") { Description = "NAME=VALUE that every series gets.", Arity = ArgumentArity.OneOrMore };
        var openMetrics = new Command("openmetrics", "Make blocks of a file in OpenMetrics text.") { input, output, human, quiet, longest, labels };
        openMetrics.SetAction(parsed => Guarded(() => TsdbReports.CreateBlocks(new BackfillOptions
        {
            InputFile = parsed.GetValue(input)!,
            OutputDirectory = parsed.GetValue(output)!,
            MaxBlockDurationMs = DurationText.TryParse(parsed.GetValue(longest)!, out long ms) ? ms : throw new UsageException($"--max-block-duration: \"{parsed.GetValue(longest)}\" is not a duration such as 2h"),
            Labels = [.. (parsed.GetValue(labels) ?? []).Select(LabelOf)],
        }, parsed.GetValue(human), parsed.GetValue(quiet), Console.Out)));
        return new Command("create-blocks-from", "Make blocks of samples from elsewhere.") { openMetrics };
    }

    private static KeyValuePair<string, string> LabelOf(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new(text[..equals], text[(equals + 1)..].Trim('"')) : throw new UsageException($"--label: \"{text}\" is not NAME=VALUE");
    }

    private static IReadOnlyList<LabelMatcher> MatchersOf(string selector)
    {
        if (selector == Everything) return [];
        try
        {
            return PromqlParser.Parse(selector) is VectorSelector found ? found.Matchers : throw new UsageException($"--match: \"{selector}\" is not a series selector");
        }
        catch (PromqlSyntaxException error)
        {
            throw new UsageException($"--match: {error.Message}");
        }
    }

    private static int Guarded(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or InvalidDataException)
        {
            throw new UsageException(error.Message);
        }
    }
}
