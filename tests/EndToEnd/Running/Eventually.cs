using System.Diagnostics;

namespace Streamline.EndToEnd.Running;

/// <summary>Waits for what another process does, asking again every 50 ms; fails with the last answer when it never comes.</summary>
internal static class Eventually
{
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isGood, string what, int seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var answer = await ask();
            if (isGood(answer)) return answer;
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"{what} did not come within {seconds} s; the last answer was {answer}");
            await timer.WaitForNextTickAsync();
        }
    }
}
