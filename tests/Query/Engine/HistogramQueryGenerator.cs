namespace Streamline.Query.Tests.Engine;

/// <summary>
/// Writes expressions at random over native histograms with the labels a and b, floats named <c>h</c> and integers named <c>i</c>, as Prometheus 2.42 knows them.
/// </summary>
internal sealed class HistogramQueryGenerator(Random random)
{
    /// <summary>A query, and whether its values are quantiles.</summary>
    public (string Query, bool IsQuantile) Next(int depth) => random.Next(4) switch
    {
        0 => (Histogram(depth, adds: true), false),
        1 => ($"histogram_quantile({Pick("0.0371", "0.1231", "0.5171", "0.8713", "0.9931")}, {Histogram(depth, adds: true)})", true),
        _ => (Number(depth), false),
    };

    private string Number(int depth) => random.Next(9) switch
    {
        0 or 1 => $"histogram_count({Histogram(depth)})",
        2 or 3 => $"histogram_sum({Histogram(depth)})",
        4 or 5 => $"histogram_fraction({Pick("-Inf", "-4", "-1", "0", "0.25")}, {Pick("1", "4", "16", "+Inf")}, {Histogram(depth, adds: true)})",
        6 => $"count {Grouping()} ({Histogram(depth)})",
        7 => $"{Pick("sum", "max", "avg")} {Grouping()} (histogram_count({Histogram(depth)}))",
        _ => $"{Pick("count_over_time", "present_over_time")}({Selector()}{Window()})",
    };

    private string Histogram(int depth, bool adds = false)
    {
        if (depth == 0) return Instant();
        return random.Next(adds ? 6 : 5) switch
        {
            0 => Instant(),
            1 or 2 => $"{Pick("rate", "increase")}({Floats()}{Window()})",
            3 or 4 => $"sum {Grouping()} ({Histogram(depth - 1, adds)})",
            _ => $"({Histogram(depth - 1, adds)}) + on (a, b) ({Histogram(depth - 1, adds)})",
        };
    }

    private string Instant() => Selector() + Pick("", "", " offset 17s", " offset -20s");

    private string Window() => $"[{random.Next(15, 120)}s]";

    private string Floats() => Pick("h", "h", "h{a=\"1\"}", "h{b!=\"0\"}", "h{a=~\"0|2\"}");

    private string Selector() => random.Next(3) == 0 ? Floats() : Pick("i", "i{a=\"1\"}", "i{b!=\"0\"}", "{__name__=~\"h|i\",b=\"1\"}");

    private string Grouping() => Pick("", "by (a)", "by (b)", "without (a)", "by (a, b)");

    private string Pick(params string[] options) => options[random.Next(options.Length)];
}
