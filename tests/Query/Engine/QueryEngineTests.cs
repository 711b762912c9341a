namespace Streamline.Query.Tests.Engine;

/// <summary>Queries over a small table, through the door.</summary>
public sealed class QueryEngineTests
{
    private static readonly QueryTable Table = new(
        10_000,
        "up{job=\"a\",instance=\"1\"} 1 1 1 0 1 stale _",
        "up{job=\"a\",instance=\"2\"} 1 0 1 0 1 1 1",
        "up{job=\"b\",instance=\"1\"} 0 0 1 1 1 1 1",
        "requests_total{job=\"a\"} 0 10 20 30 5 15 25",
        "requests_total{job=\"b\"} 0 5 _ 15 20 NaN 30",
        "limit{job=\"a\"} 10 10 10 20 20 20 20",
        "limit{job=\"b\"} 1 1 1 1 1 1 1",
        "le_bucket{le=\"0.1\"} 1 2 3 4 5 6 7",
        "le_bucket{le=\"1\"} 1 4 5 6 8 9 10",
        "le_bucket{le=\"+Inf\"} 1 4 6 8 10 12 14");

    [Theory]
    [InlineData("1 + 2 * 3", "{} 7")]
    [InlineData("-2 ^ 2", "{} -4")]
    [InlineData("up", "{__name__=\"up\", instance=\"2\", job=\"a\"} 1; {__name__=\"up\", instance=\"1\", job=\"b\"} 1")]
    [InlineData("up offset 20s == 0", "{__name__=\"up\", instance=\"1\", job=\"a\"} 0; {__name__=\"up\", instance=\"2\", job=\"a\"} 0")]
    [InlineData("sum by (job) (up @ 40)", "{job=\"a\"} 2; {job=\"b\"} 1")]
    [InlineData("count(up @ 40)", "{} 3")]
    [InlineData("avg without (instance) (up @ 10)", "{job=\"a\"} 0.5; {job=\"b\"} 0")]
    [InlineData("increase(requests_total{job=\"a\"}[40s])", "{job=\"a\"} 33.33333333333333")]
    [InlineData("resets(requests_total[1m])", "{job=\"a\"} 1; {job=\"b\"} 0")]
    [InlineData("requests_total >= limit / 2", "{__name__=\"requests_total\", job=\"a\"} 15")]
    [InlineData("requests_total > bool limit", "{job=\"a\"} 0; {job=\"b\"} 0")]
    [InlineData("up * on (job) group_left limit", "{instance=\"1\", job=\"b\"} 1; {instance=\"2\", job=\"a\"} 20")]
    [InlineData("topk(1, limit)", "{__name__=\"limit\", job=\"a\"} 20")]
    [InlineData("count_values(\"v\", up @ 30)", "{v=\"0\"} 2; {v=\"1\"} 1")]
    [InlineData("histogram_quantile(0.5, le_bucket)", "{} 0.1")]
    [InlineData("histogram_quantile(0.7, le_bucket)", "{} 0.8199999999999995")]
    [InlineData("absent(nothing{job=\"x\"})", "{job=\"x\"} 1")]
    [InlineData("absent(up)", "")]
    [InlineData("sum_over_time(limit{job=\"b\"}[30s:5s])", "{job=\"b\"} 6")]
    [InlineData("label_replace(limit, \"x\", \"$1!\", \"job\", \"(.*)\")",
        "{__name__=\"limit\", job=\"a\", x=\"a!\"} 20; {__name__=\"limit\", job=\"b\", x=\"b!\"} 1")]
    [InlineData("timestamp(limit{job=\"b\"} offset 15s)", "{job=\"b\"} 30")]
    [InlineData("limit unless on (job) up{job=\"b\"}", "{__name__=\"limit\", job=\"a\"} 20")]
    [InlineData("limit and on (job) up{job=\"b\"}", "{__name__=\"limit\", job=\"b\"} 1")]
    [InlineData("vector(1) or limit", "{} 1; {__name__=\"limit\", job=\"a\"} 20; {__name__=\"limit\", job=\"b\"} 1")]
    [InlineData("scalar(limit{job=\"b\"}) + 1", "{} 2")]
    [InlineData("time()", "{} 50")]
    public void Instant_AtFiftySeconds_Answers(string query, string expected)
    {
        string answer = Table.At(query, 50_000);

        Assert.Equal(
            string.Join("; ", expected.Split("; ").Order(StringComparer.Ordinal)), string.Join("; ", answer.Split("; ").Order(StringComparer.Ordinal)));
    }
}
