using System.Diagnostics;
using System.Globalization;

namespace Streamline.Benchmarks.Pipeline;

/// <summary>The exposition parsers in MB per second of CPU time, in interleaved rounds: what a machine that does other things as well can still measure.</summary>
internal static class ExpositionSpeed
{
    private const int Rounds = 15, PassesPerRound = 100;

    public static int Run()
    {
        var bench = new ExpositionBenchmarks();
        bench.Setup();
        (string Name, Action Pass)[] parsers =
        [
            ("text 0.0.4", () => bench.Parse()), ("text 0.0.4, series hashed", () => bench.ParseAndHash()),
            ("OpenMetrics", () => bench.ParseOpenMetrics()), ("protobuf, series hashed", () => bench.ParseAndHashProtobuf()),
        ];
        var speeds = parsers.Select(_ => new List<double>()).ToArray();
        // The first round compiles.
        for (int round = 0; round <= Rounds; round++)
        {
            for (int i = 0; i < parsers.Length; i++)
            {
                double speed = Measure(parsers[i].Pass);
                if (round > 0) speeds[i].Add(speed);
            }
        }
        for (int i = 0; i < parsers.Length; i++)
        {
            speeds[i].Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parsers[i].Name,-26} median {speeds[i][Rounds / 2],6:F0} MB/s, best {speeds[i][^1],6:F0} MB/s"));
        }
        return 0;
    }

    private static double Measure(Action pass)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (int i = 0; i < PassesPerRound; i++) pass();
        process.Refresh();
        return PassesPerRound * (ExpositionBenchmarks.Bytes / 1e6) / (process.TotalProcessorTime - before).TotalSeconds;
    }
}
