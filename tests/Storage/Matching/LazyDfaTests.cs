using System.Text;
using System.Text.RegularExpressions;
using Streamline.Storage.Matching;

namespace Streamline.Storage.Tests.Matching;

/// <summary>The automaton against .NET's engines on generated expressions and values, and its bounds.</summary>
public sealed class LazyDfaTests
{
    private const int Patterns = 800, ValuesPerPattern = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
    private static readonly string[] Pieces = ["a", "b", "ab", "-", "_", "\n", "ü", "😀", "k", "K", "\u212a", "σ", "ς", "Σ", "7", " "];

    private static readonly string[] Atoms =
    [
        "a", "b", "-", "k", "ü", "😀", "σ", ".", "(?-s:.)", "[ab]", "[^a]", "[a-z]", "[^-]", "[ü-😀]", "\\d", "\\w", "\\W", "\\s", "\\pL", "\\p{Lu}", "\\PL", "[[:alpha:]]",
        "^", "$", "(?m:^)", "(?m:$)", "\\b", "\\B", "\\A", "\\z", "(?i:k)", "(?i:s)", "(?i:Σ)", "(?i:[a-k])", "\\n", "", "\\p{Greek}", "[^\\p{Greek}a]",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_122)]
    public void IsMatch_GeneratedExpressions_LikeDotNet(int seed)
    {
        var random = new Random(seed);
        int matched = 0, compared = 0;
        for (int i = 0; i < Patterns; i++)
        {
            string pattern = Pattern(random, 3);
            RegexNode node;
            try
            {
                node = RegexParser.Parse(pattern);
            }
            catch (FormatException)
            {
                // A repetition of a repetition.
                continue;
            }
            // The backtracking engine: the other one takes 20 ms to build, knows no look-around and errs on values that end in a new line.
            Regex judge = DotNetRegex.Build(node, RegexOptions.None, Patience);
            var small = new LazyDfa(ByteProgramBuilder.Build(node), mostStateBytes: 1000);
            var dfa = ValuePattern.Compile(pattern);
            for (int v = 0; v < ValuesPerPattern; v++)
            {
                string value = Value(random);
                byte[] bytes = System.Text.Encoding.UTF8.GetBytes(value);
                if (Judged(judge, value) is not { } expected) continue;
                Assert.True(expected == dfa.IsMatch(bytes), $"seed {seed}: {pattern} on {Shown(value)} should be {expected}");
                Assert.True(expected == small.IsMatch(bytes), $"seed {seed}, few states: {pattern} on {Shown(value)} should be {expected}");
                matched += expected ? 1 : 0;
                compared++;
            }
        }
        Assert.True(compared > Patterns * ValuesPerPattern / 2 && matched > compared / 20, $"{compared} compared, {matched} matched: the generator has gone bad");
    }

    /// <summary>The pattern itself, not our tree of it, where .NET's syntax means the same.</summary>
    [Fact]
    public void IsMatch_CommonSyntax_LikeDotNetReadsIt()
    {
        var random = new Random(5);
        string[] atoms = ["a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", "[^b-c]", "(?:a)", "", "\\.", "a?"];
        for (int i = 0; i < Patterns; i++)
        {
            string pattern = Pattern(random, 3, atoms);
            Regex judge;
            ValuePattern ours;
            try
            {
                ours = ValuePattern.Compile(pattern);
                judge = new Regex($@"\A(?:{pattern})\z", RegexOptions.Singleline | RegexOptions.CultureInvariant, Patience);
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                continue;
            }
            for (int v = 0; v < ValuesPerPattern; v++)
            {
                string value = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => "abc.\n"[random.Next(5)]));
                Assert.True((Judged(judge, value) ?? ours.IsMatch(System.Text.Encoding.UTF8.GetBytes(value))) == ours.IsMatch(System.Text.Encoding.UTF8.GetBytes(value)), $"{pattern} on {Shown(value)}");
            }
        }
    }

    [Fact]
    public void IsMatch_ExponentiallyManyStates_StaysWithinItsBound()
    {
        // Whether the 21st character from the end is an a: two million states for an automaton that remembers.
        var dfa = new LazyDfa(ByteProgramBuilder.Build(RegexParser.Parse("(a|b)*a(a|b){20}")), mostStateBytes: 100_000);
        var random = new Random(9);
        byte[] value = new byte[300];
        for (int i = 0; i < 300; i++)
        {
            foreach (ref byte each in value.AsSpan()) each = (byte)"ab"[random.Next(2)];
            Assert.Equal(value[^21] == 'a', dfa.IsMatch(value));
            Assert.InRange(dfa.States, 0, 1000);
        }
        Assert.True(dfa.Walks);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) dfa.IsMatch(value);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task IsMatch_ManyThreads_AgreeWhileStatesComeAndGo()
    {
        var dfa = new LazyDfa(ByteProgramBuilder.Build(RegexParser.Parse("(?:[a-f]+-)*a[a-f]{6}(?:-[0-9]+)?")), mostStateBytes: 30_000);
        Regex judge = new("^(?:[a-f]+-)*a[a-f]{6}(?:-[0-9]+)?$", RegexOptions.NonBacktracking);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 20_000; i++)
            {
                string value = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "abcdefa-7"[random.Next(9)]));
                Assert.Equal(judge.IsMatch(value), dfa.IsMatch(System.Text.Encoding.UTF8.GetBytes(value)));
            }
        })));
    }

    [Fact]
    public void IsMatch_TwoThousandAlternatives()
    {
        string[] names = [.. Enumerable.Range(0, 2000).Select(i => $"host-{i * 7919 % 100_003:x}")];
        var pattern = ValuePattern.Compile($"(?:{string.Join('|', names)})[:.][0-9]+");
        Assert.Null(pattern.Literals);
        foreach (string name in names) Assert.True(pattern.IsMatch(System.Text.Encoding.UTF8.GetBytes(name + ":9100")));
        Assert.False(pattern.IsMatch("host-zz:9100"u8));
        Assert.False(pattern.IsMatch(System.Text.Encoding.UTF8.GetBytes(names[5])));
    }

    [Fact]
    public void Pieces_OfAnyRange_AreExactlyItsCharacters()
    {
        var random = new Random(11);
        int[] edges = [0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, RuneSet.MaxRune];
        for (int round = 0; round < 400; round++)
        {
            int a = Edge(), b = Edge(), low = Math.Min(a, b), high = Math.Max(a, b);
            List<Utf8Ranges.Piece> pieces = Utf8Ranges.Of(new RuneSet().Add(low, high));
            for (int probe = 0; probe < 60; probe++)
            {
                int rune = probe switch { 0 => low, 1 => high, 2 => low - 1, 3 => high + 1, _ => Edge() };
                if (!Rune.IsValid(rune)) continue;
                byte[] bytes = System.Text.Encoding.UTF8.GetBytes(new Rune(rune).ToString());
                Assert.Equal(rune >= low && rune <= high, pieces.Any(p => Covers(p, bytes)));
            }
            long covered = pieces.Sum(p => Enumerable.Range(0, p.Count).Aggregate(1L, (n, i) => n * (p[i].High - p[i].Low + 1)));
            Assert.Equal(high - low + 1 - Math.Max(0, Math.Min(high, 0xDFFF) - Math.Max(low, 0xD800) + 1), covered);
        }

        int Edge() => Math.Clamp(edges[random.Next(edges.Length)] + random.Next(-70, 71) * (random.Next(4) == 0 ? 100 : 1), 0, RuneSet.MaxRune);
    }

    /// <summary>What .NET says; null when it loses itself in the expression.</summary>
    private static bool? Judged(Regex judge, string value)
    {
        try
        {
            return judge.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static bool Covers(Utf8Ranges.Piece piece, byte[] bytes) =>
        piece.Count == bytes.Length && Enumerable.Range(0, bytes.Length).All(i => bytes[i] >= piece[i].Low && bytes[i] <= piece[i].High);

    private static string Pattern(Random random, int depth) => Pattern(random, depth, Atoms);

    private static string Pattern(Random random, int depth, string[] atoms)
    {
        if (depth == 0) return atoms[random.Next(atoms.Length)];
        return random.Next(7) switch
        {
            0 or 1 => Pattern(random, depth - 1, atoms) + Pattern(random, depth - 1, atoms),
            2 => $"(?:{Pattern(random, depth - 1, atoms)}|{Pattern(random, depth - 1, atoms)})",
            3 => $"(?:{Pattern(random, depth - 1, atoms)})*",
            4 => $"(?:{Pattern(random, depth - 1, atoms)}){(random.Next(2) == 0 ? "+" : "?")}",
            5 => $"({Pattern(random, depth - 1, atoms)}){{{random.Next(3)},{random.Next(3, 5)}}}",
            _ => Pattern(random, depth - 1, atoms),
        };
    }

    private static string Value(Random random) => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string Shown(string value) => string.Concat(value.EnumerateRunes().Select(r => r.Value is >= 0x20 and < 0x7F ? r.ToString() : $"\\x{{{r.Value:X}}}"));
}
