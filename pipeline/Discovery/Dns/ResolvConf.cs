using System.Globalization;

namespace Streamline.Pipeline.Discovery.Dns;

/// <summary>What resolv.conf(5) says: whom to ask, and under which names.</summary>
internal sealed record ResolvConf(IReadOnlyList<string> Servers, IReadOnlyList<string> Search, int NDots)
{
    // The C library's bound of ndots, and a bound of what is read of a broken file.
    private const int MaxNDots = 15;
    private const int MaxLines = 1000;

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ResolvConf Read(string path)
    {
        List<string> servers = [], search = [];
        int ndots = 1;
        foreach (string line in File.ReadLines(path).Take(MaxLines))
        {
            if (line.Length == 0 || line[0] is '#' or ';') continue;
            string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2) continue;
            switch (words[0])
            {
                case "nameserver": servers.Add(words[1]); break;
                case "domain": search = [words[1]]; break;
                case "search": search = [.. words[1..]]; break;
                case "options": ndots = NDotsOf(words) ?? ndots; break;
            }
        }
        return new ResolvConf(servers, search, ndots);
    }

    /// <summary>The full names that a name may mean, in the order in which they are asked for.</summary>
    public IReadOnlyList<string> NamesFor(string name)
    {
        if (name.EndsWith('.')) return [name];
        string full = name + ".";
        var searched = Search.Select(domain => domain.TrimEnd('.') is { Length: > 0 } suffix ? $"{full}{suffix}." : full);
        bool isFullFirst = name.Count(c => c == '.') >= NDots;
        return [.. (isFullFirst ? searched.Prepend(full) : searched.Append(full)).Distinct()];
    }

    private static int? NDotsOf(string[] words)
    {
        string? option = Array.Find(words, word => word.StartsWith("ndots:", StringComparison.Ordinal));
        if (option is null || !int.TryParse(option["ndots:".Length..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int dots)) return null;
        return Math.Clamp(dots, 0, MaxNDots);
    }
}
