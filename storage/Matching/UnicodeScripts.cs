using System.Globalization;

namespace Streamline.Storage.Matching;

/// <summary>Script classes of regular expressions, <c>\p{Greek}</c>. .NET knows no scripts, so their ranges are written down.</summary>
internal static partial class UnicodeScripts
{
    private static readonly Lazy<Dictionary<string, string>> ByName = new(Read);

    /// <summary>The code points of a script.</summary>
    public static bool TryFind(string name, out RuneSet set)
    {
        set = new RuneSet();
        if (!ByName.Value.TryGetValue(name, out string? ranges)) return false;
        foreach (string range in ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            set.Add(Parse(ends[0]), Parse(ends[^1]));
        }
        return true;
    }

    private static int Parse(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Read()
    {
        var scripts = new Dictionary<string, string>(StringComparer.Ordinal);
        string name = "";
        foreach (string line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == ' ')
            {
                scripts[name] += " " + line.Trim();
                continue;
            }
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            name = line[..space];
            scripts[name] = line[(space + 1)..].Trim();
        }
        return scripts;
    }
}
