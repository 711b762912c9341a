using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Crash;

/// <summary>A life of some hours in which a store does all that it does with files; cut short wherever the file system dies.</summary>
internal static class StoreLife
{
    // Large enough that some segments are full before they are cut for a checkpoint.
    private static readonly string Padding = string.Create(3000, new Random(7), (text, random) =>
    {
        for (int i = 0; i < text.Length; i++) text[i] = (char)('0' + random.Next(75));
    });

    public static TsdbOptions Configure(TsdbOptions options) => options with { WalSegmentBytes = 32 << 10, RetentionMs = 9 * Hour, MaxBlockDurationMs = 6 * Hour };

    /// <summary>The same, and samples may come three hours late.</summary>
    public static TsdbOptions ConfigureLate(TsdbOptions options) => Configure(options) with { OutOfOrderWindowMs = 3 * Hour, MapOutLateBytes = 1 };

    /// <summary>Runs the hours from one to another.</summary>
    public static void Live(CrashScenario s, int fromHour = 0, int toHour = 14)
    {
        for (int hour = fromHour; hour < toHour; hour++)
        {
            for (int minute = 0; minute < 60; minute += 15) Write(s, hour * Hour + minute * 60_000);
            s.Advance(TimeSpan.FromSeconds(2));
            Administrate(s, hour);
            s.Maintain();
        }
    }

    private static void Write(CrashScenario s, long at)
    {
        long time = Start + at, value = at / 60_000;
        s.Commit(("a,x=1", time, value), ("a,x=2", time, -value));
        // Not of a series with deletions: those hide what comes into their range later, as in Prometheus.
        if (s.TakesLateSamples) s.Commit(("late", time - Hour - at % Hour / 10, value), ("b", time, value), ("b", time - Hour - 7, value));
        // Many samples, so that chunks are full before their time is.
        for (int i = 0; i < 10 && at % Hour == 0; i++) WriteDense(s, time + i * 13);
        // A series of its own that ends soon, so that some leave the head.
        s.Commit(($"short,h={at / Hour},pad={Padding}", time + 1, value));
    }

    private static void WriteDense(CrashScenario s, long from)
    {
        var samples = new (string, long, double)[13];
        for (int i = 0; i < samples.Length; i++) samples[i] = ("dense", from + i, from % 1000 + i);
        s.Commit(samples);
    }

    private static void Administrate(CrashScenario s, int hour)
    {
        if (hour == 4) s.Delete("a,x=1", Start + Hour, Start + Hour + 30 * 60_000);
        if (hour == 5) s.Delete("a,x=2", Start + 4 * Hour, Start + 5 * Hour);
        if (hour == 6) s.CleanTombstones();
        if (hour == 7) s.Reopen();
        if (hour == 8) s.Snapshot();
        if (hour == 11) s.Delete("a,x=1", Start + 3 * Hour, Start + 11 * Hour);
    }
}
