using System.Globalization;
using System.Text;

namespace Streamline.Storage.Matching;

/// <summary>What <c>(?i)</c> makes equal: code points with one simple upper case form, such as k, K and the Kelvin sign. Built at first use (a few milliseconds).</summary>
internal static class CaseFolding
{
    private const int LastCased = 0x1E943;

    // .NET's invariant casing keeps the long s apart from s, Unicode's does not.
    private const int LongS = 0x17F;
    private static readonly Lazy<SortedDictionary<int, List<int>>> Orbits = new(Build);

    /// <summary>Adds the equals of every member.</summary>
    public static RuneSet Fold(RuneSet set)
    {
        var folded = new RuneSet().Add(set);
        foreach (var (low, high) in set.Ranges)
        {
            // Wide ranges hold most orbits whole anyway, so walking the orbits is never more work than walking the range.
            foreach (var (rune, orbit) in Orbits.Value)
            {
                if (rune < low) continue;
                if (rune > high) break;
                foreach (int other in orbit) folded.Add(other, other);
            }
        }
        return folded;
    }

    private static SortedDictionary<int, List<int>> Build()
    {
        var byKey = new Dictionary<Rune, List<int>>();
        for (int value = 0; value <= LastCased; value++)
        {
            if (!Rune.IsValid(value)) continue;
            var rune = new Rune(value);
            var key = value == LongS ? new Rune('S') : Rune.ToUpperInvariant(Rune.ToLowerInvariant(rune));
            if (key == rune && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.LetterNumber or UnicodeCategory.OtherSymbol or UnicodeCategory.NonSpacingMark or UnicodeCategory.TitlecaseLetter)) continue;
            if (!byKey.TryGetValue(key, out var orbit)) byKey[key] = orbit = [];
            orbit.Add(value);
        }
        var orbits = new SortedDictionary<int, List<int>>();
        foreach (var orbit in byKey.Values.Where(o => o.Count > 1))
        {
            foreach (int rune in orbit) orbits[rune] = orbit;
        }
        return orbits;
    }
}
