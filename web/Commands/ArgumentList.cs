namespace Streamline.Web.Commands;

/// <summary>
/// Makes a command line that Prometheus takes fit System.CommandLine: <c>@file</c> holds one argument a line, <c>--no-flag</c> is <c>--flag=false</c>, and
/// without a verb <c>run</c> is meant.
/// </summary>
internal static class ArgumentList
{
    // A file may name another; nobody nests them deeper than this on purpose.
    private const int MaxNesting = 4;

    public static string[] Normalize(IReadOnlyList<string> arguments, IReadOnlyCollection<string> verbs)
    {
        var expanded = new List<string>();
        Expand(arguments, expanded, 0);
        var switches = RunFlags.All.Where(f => f.Kind == FlagKind.Switch).Select(f => f.Name).ToHashSet();
        for (int i = 0; i < expanded.Count; i++)
        {
            if (expanded[i].StartsWith("--no-", StringComparison.Ordinal) && switches.Contains(expanded[i][5..])) expanded[i] = $"--{expanded[i][5..]}=false";
        }
        foreach (string argument in expanded) CheckSwitch(argument, switches);
        bool hasVerb = expanded.Count > 0 && (verbs.Contains(expanded[0]) || expanded[0] is "--help" or "-h" or "-?" or "--version");
        if (!hasVerb) expanded.Insert(0, "run");
        return [.. expanded];
    }

    private static void CheckSwitch(string argument, HashSet<string> switches)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (equals < 3 || !argument.StartsWith("--", StringComparison.Ordinal) || !switches.Contains(argument[2..equals])) return;
        if (!bool.TryParse(argument.AsSpan(equals + 1), out _)) throw new UsageException($"{argument[..equals]}: \"{argument[(equals + 1)..]}\" is neither true nor false");
    }

    private static void Expand(IReadOnlyList<string> arguments, List<string> expanded, int nesting)
    {
        foreach (string argument in arguments)
        {
            if (argument.Length < 2 || argument[0] != '@')
            {
                expanded.Add(argument);
                continue;
            }
            if (nesting == MaxNesting) throw new UsageException($"{argument}: argument files are nested more than {MaxNesting} deep");
            string[] lines;
            try
            {
                lines = File.ReadAllLines(argument[1..]);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"{argument}: {error.Message}");
            }
            Expand([.. lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')], expanded, nesting + 1);
        }
    }
}
