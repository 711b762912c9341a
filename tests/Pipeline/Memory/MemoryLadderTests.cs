using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Memory;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Memory;

/// <summary>Rungs by share of the limit; each is left only well below its threshold.</summary>
public sealed class MemoryLadderTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly ManualTimeProvider _clock = new();
    private readonly List<MemoryRung> _changes = [];
    private readonly MemoryLadder _ladder;
    private long _used;

    public MemoryLadderTests()
    {
        _ladder = new MemoryLadder(() => _used, _clock, _meter, NullLogger.Instance) { Changed = _changes.Add };
        _ladder.Limit(1000);
    }

    public void Dispose()
    {
        _ladder.Dispose();
        _meter.Dispose();
    }

    [Theory]
    [InlineData(749, MemoryRung.Calm)]
    [InlineData(750, MemoryRung.CompactionWaits)]
    [InlineData(850, MemoryRung.RecordingSlows)]
    [InlineData(920, MemoryRung.PushesRefused)]
    [InlineData(970, MemoryRung.ScrapesSkipped)]
    [InlineData(2000, MemoryRung.ScrapesSkipped)]
    public void Climbs(long used, MemoryRung rung) => Assert.Equal(rung, After(used));

    [Theory]
    [InlineData(700, MemoryRung.CompactionWaits)]
    [InlineData(699, MemoryRung.Calm)]
    [InlineData(925, MemoryRung.ScrapesSkipped)]
    [InlineData(915, MemoryRung.PushesRefused)]
    [InlineData(869, MemoryRung.RecordingSlows)]
    public void Descends_OnlyWellBelow(long used, MemoryRung rung)
    {
        After(2000);
        if (used < 800) After(760);
        Assert.Equal(rung, After(used));
    }

    [Fact]
    public void Changes_AreTold_Once()
    {
        After(760);
        After(770);
        After(10);
        Assert.Equal([MemoryRung.CompactionWaits, MemoryRung.Calm], _changes);
        Assert.Equal(new MemoryStatus(10, 1000, MemoryRung.Calm), _ladder.Status);
    }

    [Fact]
    public void LoweredLimit_CountsAtOnce()
    {
        After(100);
        _ladder.Limit(100);
        Assert.Equal(MemoryRung.ScrapesSkipped, _ladder.Rung);
    }

    [Fact]
    public void UseOfThisProcess_IsPlausible() => Assert.InRange(ProcessMemory.UsedBytes(), 1 << 20, 100L << 30);

    private MemoryRung After(long used)
    {
        _used = used;
        _clock.Advance(TimeSpan.FromSeconds(1));
        return _ladder.Rung;
    }
}
