using System.Text;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Stages;

public sealed class RouteCacheTests
{
    private readonly RouteCache _cache = new();
    private readonly List<SeriesHandle> _vanished = [];

    [Fact]
    public void Touch_AfterAdd_GivesTheRoute()
    {
        _cache.BeginRound();
        Assert.False(_cache.TryTouch(Key("a"), true, out _, out _));
        _cache.Add(Key("a"), Route.To(Handle(7)), true);
        _cache.Add(Key("b"), Route.Drop(DropReason.Relabel), true);
        Assert.True(_cache.TryTouch(Key("a"), true, out var route, out bool repeated));
        Assert.Equal(Handle(7), route.Handle);
        Assert.True(repeated);
        Assert.True(_cache.TryTouch(Key("b"), true, out route, out _));
        Assert.Equal(DropReason.Relabel, route.Dropped);
    }

    [Fact]
    public void EndRound_GivesWhatVanished_Once()
    {
        Round("a", "b", "c");
        Assert.Empty(_vanished);
        Round("a", "c");
        Assert.Equal([Handle('b')], _vanished);
        _vanished.Clear();
        Round("a", "c");
        Assert.Empty(_vanished);
        Round("b");
        Assert.Equal([Handle('a'), Handle('c')], _vanished.OrderBy(h => h.Ref));
    }

    [Fact]
    public void FailRound_GivesTheLastGoodRound_NotWhatIsNew()
    {
        Round("a", "b");
        _cache.BeginRound();
        Touch("a");
        Touch("new");
        _cache.FailRound(_vanished);
        Assert.Equal([Handle('a'), Handle('b')], _vanished.OrderBy(h => h.Ref));
        _vanished.Clear();
        _cache.BeginRound();
        _cache.FailRound(_vanished);
        Assert.Empty(_vanished);
        Round("a");
        Assert.Empty(_vanished);
        Round();
        Assert.Equal([Handle('a')], _vanished);
    }

    [Fact]
    public void UntrackedSeries_NeverVanish()
    {
        _cache.BeginRound();
        _cache.Add(Key("a"), Route.To(Handle('a')), false);
        _cache.EndRound(_vanished);
        Round();
        Assert.Empty(_vanished);
    }

    [Fact]
    public void SameSeriesUnderAnotherText_HasNotVanished()
    {
        _cache.BeginRound();
        _cache.Add(Key("a{}"), Route.To(Handle('a')), true);
        _cache.EndRound(_vanished);
        _cache.BeginRound();
        _cache.Add(Key("a"), Route.To(Handle('a')), true);
        _cache.EndRound(_vanished);
        Assert.Empty(_vanished);
    }

    [Fact]
    public void NewGeneration_ResolvesAnew_AndKnowsTheSeriesBefore()
    {
        _cache.Use(1);
        Round("a", "b");
        _cache.Use(2);
        _cache.BeginRound();
        Assert.False(_cache.TryTouch(Key("a"), true, out _, out _));
        _cache.Add(Key("a"), Route.To(Handle('a')), true);
        _cache.Add(Key("b"), Route.To(Handle('x')), true);
        _cache.EndRound(_vanished);
        Assert.Equal([Handle('b')], _vanished);
    }

    [Fact]
    public void GeneratedRounds_EqualASetModel()
    {
        const int seed = 4711;
        var random = new Random(seed);
        var before = new HashSet<int>();
        for (int round = 0; round < 300; round++)
        {
            var now = Enumerable.Range(0, random.Next(300)).Select(_ => random.Next(round / 4, 400 + round)).ToHashSet();
            bool good = random.Next(5) > 0;
            _vanished.Clear();
            _cache.BeginRound();
            foreach (int series in now) Touch(series.ToString(System.Globalization.CultureInfo.InvariantCulture), series + 1);
            if (good) _cache.EndRound(_vanished);
            else _cache.FailRound(_vanished);
            var expected = good ? before.Except(now) : before;
            Assert.Equal(expected.Order(), _vanished.Select(h => h.Slot - 1).Order());
            before = good ? now : [];
        }
        Assert.InRange(_cache.Count, 1, 1_200);
    }

    [Fact]
    public void Forget_LetsGoOfWhatIsGone_AndKeepsTheRest()
    {
        _cache.BeginRound();
        foreach (char name in "abc") _cache.Add(Key(name.ToString()), Route.To(Handle(name)), track: false);
        _cache.Add(Key("d"), Route.Drop(DropReason.Relabel), track: false);
        _cache.Forget(handle => handle == Handle('b'));
        Assert.False(_cache.TryTouch(Key("b"), false, out _, out _));
        Assert.True(_cache.TryTouch(Key("c"), false, out var route, out _));
        Assert.Equal(Handle('c'), route.Handle);
        Assert.True(_cache.TryTouch(Key("d"), false, out route, out _));
        Assert.True(route.IsDropped);
        Assert.Equal(3, _cache.Count);
    }

    [Fact]
    public void Hits_AllocateNothing()
    {
        byte[] text = Encoding.UTF8.GetBytes("http_requests_total{code=\"200\",method=\"GET\",path=\"/api/v1/query\"}");
        Round("a");
        _cache.BeginRound();
        _cache.Add(RouteKey.Of(text), Route.To(Handle(1)), true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool found = true;
        for (int i = 0; i < 1_000; i++) found &= _cache.TryTouch(RouteKey.Of(text), true, out _, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(found);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Hash_AllLengthsAndBitFlips_Differ()
    {
        // Long enough for the second chain of blocks.
        byte[] text = new byte[150];
        new Random(5).NextBytes(text);
        var seen = new HashSet<RouteKey>();
        for (int length = 0; length <= text.Length; length++) Assert.True(seen.Add(RouteKey.Of(text.AsSpan(0, length))));
        for (int bit = 0; bit < text.Length * 8; bit++)
        {
            text[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(seen.Add(RouteKey.Of(text)));
            text[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        for (int block = 0; block < 9; block++)
        {
            for (int other = block + 1; other < 9; other++)
            {
                byte[] swapped = [.. text];
                text.AsSpan(block * 16, 16).CopyTo(swapped.AsSpan(other * 16));
                text.AsSpan(other * 16, 16).CopyTo(swapped.AsSpan(block * 16));
                Assert.True(seen.Add(RouteKey.Of(swapped)));
            }
        }
    }

    // First and second line of the reference vectors of SipHash-2-4 with 128 bits: key 00..0f, texts "" and 00.
    [Fact]
    public void Software_Hash_IsSipHash128()
    {
        const ulong key0 = 0x0706050403020100, key1 = 0x0f0e0d0c0b0a0908;
        Assert.Equal(new RouteKey(0xe6a825ba047f81a3, 0x930255c71472f66d), RouteHash.OfSip([], key0, key1));
        Assert.Equal(new RouteKey(0x44af996bd8c187da, 0x45fc229b11597634), RouteHash.OfSip([0], key0, key1));
    }

    private void Round(params string[] series)
    {
        _cache.BeginRound();
        foreach (string text in series) Touch(text);
        _cache.EndRound(_vanished);
    }

    private void Touch(string text) => Touch(text, text[0]);

    private void Touch(string text, int handle)
    {
        if (!_cache.TryTouch(Key(text), true, out _, out _)) _cache.Add(Key(text), Route.To(Handle(handle)), true);
    }

    private static SeriesHandle Handle(int number) => new(number, (ulong)number + 1);

    private static RouteKey Key(string text) => RouteKey.Of(Encoding.UTF8.GetBytes(text));
}
