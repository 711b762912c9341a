using System.CommandLine;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Web.Commands;

/// <summary>
/// <c>streamline tsdb list|analyze|dump|verify [DIRECTORY]</c>: looks into a data directory, of a stopped or a running server, with the output of
/// <c>promtool tsdb</c> (<c>verify</c> is our own). Nothing is written.
/// </summary>
internal static class TsdbCommand
{
    // promtool's default. PromQL has no such selector, since it matches the empty name too.
    private const string Everything = "{__name__=~'(?s:.*)'}";

    public static Command Build()
    {
        var command = new Command("tsdb", "Look into a data directory; nothing is changed.");
        command.Add(List());
        command.Add(Analyze());
        command.Add(Dump());
        command.Add(Verify());
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
        var command = new Command("analyze", "Cardinality and churn of a block.") { path, block, limit };
        command.SetAction(parsed => Guarded(() => TsdbReports.Analyze(parsed.GetValue(path)!, parsed.GetValue(block), parsed.GetValue(limit), Console.Out)));
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UsageException(error.Message);
        }
    }
}
