namespace Streamline.Storage.Matching;

/// <summary>A set of code points as ranges, the value of a character class. Mutable while the parser builds it.</summary>
internal sealed class RuneSet
{
    public const int MaxRune = 0x10FFFF;

    private List<(int Low, int High)> _ranges = [];
    private bool _sorted = true;

    /// <summary>The ranges, rising, apart from each other.</summary>
    public IReadOnlyList<(int Low, int High)> Ranges
    {
        get
        {
            Normalise();
            return _ranges;
        }
    }

    /// <summary>Every code point.</summary>
    public static RuneSet Any() => new RuneSet().Add(0, MaxRune);

    public bool IsAny => Ranges is [(0, MaxRune)];

    /// <summary>Members, counted up to <paramref name="most"/> + 1.</summary>
    public int CountUpTo(int most)
    {
        long count = 0;
        foreach (var (low, high) in Ranges) count += high - low + 1;
        return (int)Math.Min(count, most + 1L);
    }

    public RuneSet Add(int low, int high)
    {
        _ranges.Add((low, high));
        _sorted = false;
        return this;
    }

    public RuneSet Add(RuneSet other)
    {
        foreach (var (low, high) in other.Ranges) Add(low, high);
        return this;
    }

    /// <summary>The set of all others.</summary>
    public RuneSet Negated()
    {
        var others = new RuneSet();
        int next = 0;
        foreach (var (low, high) in Ranges)
        {
            if (low > next) others.Add(next, low - 1);
            next = high + 1;
        }
        return next <= MaxRune ? others.Add(next, MaxRune) : others;
    }

    private void Normalise()
    {
        if (_sorted) return;
        _ranges.Sort();
        var merged = new List<(int Low, int High)>(_ranges.Count);
        foreach (var (low, high) in _ranges)
        {
            if (merged.Count > 0 && low <= merged[^1].High + 1) merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, high));
            else merged.Add((low, high));
        }
        _ranges = merged;
        _sorted = true;
    }
}
