using static Streamline.Web.Tests.Api.PushgatewayCall;

namespace Streamline.Web.Tests.Api;

/// <summary>What is sent to a Pushgateway and to us. What earlier calls left matters to later ones.</summary>
internal static class PushgatewayCalls
{
    private const string Histogram = "# TYPE h histogram\n# HELP h Help.\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3.5\nh_count 2\n";
    private const string Summary = "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\n";

    /// <summary>Calls that both answer with the same status, and that leave the same groups.</summary>
    public static IReadOnlyList<PushgatewayCall> Same { get; } =
    [
        new("PUT", "/metrics/job/j/x/y", "# TYPE c counter\n# HELP c Counts.\nc{a=\"1\"} 2\nu 5\n" + Histogram + Summary),
        new("POST", "/metrics/job/j/x/y", "u 6\nlarge 1e7\n"),
        new("POST", "/metrics/job/k", "# TYPE c gauge\nc 1\n"),
        new("POST", "/metrics/job/k", "c{a=\"1\"} 1 1700000000000\n"),
        new("POST", "/metrics/job/j", "shared{x=\"y\"} 1\n"),
        new("POST", "/metrics/job/j/x/y", "shared 1\n"),
        new("POST", "/metrics/job/k", "h_count 1\n"),
        new("POST", "/metrics/job/k", "# TYPE h_sum gauge\nh_sum 1\n"),
        new("POST", "/metrics/job/k2", "s_count 1\n"),
        new("POST", "/metrics/job/k3", "# TYPE u summary\nu_sum 1\nu_count 1\n"),
        new("POST", "/metrics/job/unread", "a 1"),
        new("POST", "/metrics/job/unread", "a{ 1\n"),
        new("PUT", "/metrics/job/empty", ""),
        new("POST", "/metrics/job/own", "push_time_seconds 1\n"),
        new("PUT", "/metrics/job/own", "a{job=\"other\"} 1\n"),
        new("POST", "/metrics/job/dup", "x 1\nx 2\n"),
        new("POST", "/metrics/job@base64/YS9i/n@base64/=", "b 1\n"),
        new("POST", "/metrics/job@base64/=", "x 1\n"),
        new("POST", "/metrics/job/a/b", "x 1\n"),
        new("POST", "/metrics/job/a/__b/c", "x 1\n"),
        new("POST", "/metrics/job/a/b-c/d", "x 1\n"),
        new("POST", "/metrics/job@base64/%21", "x 1\n"),
        new("PUT", "/metrics/job/gone", "g 1\n"),
        new("DELETE", "/metrics/job/gone", ""),
        new("DELETE", "/metrics/job/never", ""),
        new("POST", "/metrics/job/nan", "n NaN\ni +Inf\nm -Inf\n"),

        // What a family says of itself, once and before its samples.
        new("POST", "/metrics/job/l", "# TYPE lh histogram\nlh_bucket{le=\"x\"} 1\nlh_bucket{le=\"+Inf\"} 2\nlh_sum 1\nlh_count 2\n"),
        new("POST", "/metrics/job/l", "# TYPE ls summary\nls{quantile=\"x\"} 1\nls_sum 1\nls_count 2\n"),
        new("POST", "/metrics/job/l", "# TYPE lg gauge\nlg{le=\"x\"} 1\n"),
        new("POST", "/metrics/job/l", "# TYPE t1 counter\n# TYPE t1 counter\nt1 1\n"),
        new("POST", "/metrics/job/l", "# TYPE t2 counter\n# TYPE t2 gauge\nt2 1\n"),
        new("POST", "/metrics/job/l", "# HELP t3 x\n# HELP t3 y\nt3 1\n"),
        new("POST", "/metrics/job/l", "t4 1\n# TYPE t4 counter\n"),
        new("POST", "/metrics/job/l", "# TYPE t5 gauge\nt5 1\n# TYPE t6 gauge\nt6 1\n# TYPE t5 gauge\nt5{x=\"1\"} 1\n"),
        new("POST", "/metrics/job/l", "t7 1\n# HELP t7 help\n"),
        new("POST", "/metrics/job/l", "# TYPE t8 counter\n# TYPE t9 gauge\n# TYPE t10 histogram\nt8 1\nt9 1\nt10_bucket{le=\"+Inf\"} 1\nt10_sum 1\nt10_count 1\nt9{x=\"1\"} 2\n"),
        new("POST", "/metrics/job/l", "# TYPE t11 counter\nt11_total 1\nt11_created 1\n"),
        new("POST", "/metrics/job/l", "# TYPE t12 unknown\nt12 1\n"),
        new("POST", "/metrics/job/l", "t13{a=\"1\",a=\"2\"} 1\n"),
        new("POST", "/metrics/job/l", "t14 0x1p4\n"),
        new("POST", "/metrics/job/l", "t15 1\r\n"),
        new("POST", "/metrics/job/l", "t16{a=\"1\",} infinity\n"),

        // Paths.
        new("POST", "/metrics/job/p/x/1/x/2", "p1 1\n"),
        new("POST", "/metrics/job/p/job/other", "p2 1\n"),
        new("POST", "/metrics/job/p/x/9/y/8/x/7", "p3 1\n"),
        new("DELETE", "/metrics/job/p/x/1/x/7/y/8"),
        new("POST", "/metrics/job/a%20b", "p4 1\n"),
        new("GET", "/metrics/job/p"),

        // Encodings: what is not known is read as it came.
        new("POST", "/metrics/job/e", "e1 1\n", Encoding: "utf-8"),
        new("POST", "/metrics/job/e", "e2 1\n", Encoding: "br"),
        new("POST", "/metrics/job/e", "e3 1\n", Encoding: "identity"),
        new("POST", "/metrics/job/e", "e4", Encoding: "x-gzip") { Bytes = Pack("e4 1\n") },
        new("POST", "/metrics/job/e", "e5", Encoding: "gzip, gzip") { Bytes = Pack("e5 1\n") },
        Packed("/metrics/job/e", "e6 1\n"),
        Packed("/metrics/job/e", "e7 1\n", packed => [.. packed, .. Pack("e8 1\n")]),
        Packed("/metrics/job/e", "e9 1\n", packed => [.. packed, .. "junk"u8]),
        Packed("/metrics/job/e", "e10 1\n", packed => [.. packed[..12]]),
        Packed("/metrics/job/e", "", _ => []),
        new("PUT", "/metrics/job/e", "", Encoding: "gzip"),
        new("POST", "/metrics/job/e", "e11 1\n", Encoding: "gzip"),

        // Content types that are not the one of protobuf are read as text.
        new("POST", "/metrics/job/c", "c1 1\n", Type: "application/json"),
        new("POST", "/metrics/job/c", "c2 1\n", Type: ""),
        new("POST", "/metrics/job/c", "c3_total 1\n# EOF\n", Type: OpenMetrics),
    ];

    /// <summary>Calls that we answer otherwise, each with both statuses, theirs first, and the reason.</summary>
    public static IReadOnlyList<(PushgatewayCall Call, (int, int) Statuses, string Why)> Different { get; } =
    [
        (new("POST", "/metrics/job/d", "{\"my.metric\",a=\"b\"} 1\n"), (400, 200), "names of all of UTF-8 are taken, as by Pushgateway 1.11 with --push.enable-utf8-names: Prometheus 3 takes them everywhere"),
        (new("POST", "/metrics/job/d", "# TYPE \"my.g\" gauge\n{\"my.g\"} 1\n"), (400, 200), "the same in metadata"),
        (new("POST", "/metrics/job/d", "d1{\"la.bel\"=\"x\"} 1\n"), (400, 200), "the same for labels"),
        (new("POST", "/metrics/job/d", "# TYPE d2 counter\nd2_total 1\n", Type: OpenMetrics), (200, 400), "OpenMetrics is read as what it is: without # EOF it may be half of what was to come"),
        (new("POST", "/metrics/job/d", "d3 1 # {a=\"b\"} 1\n# EOF\n", Type: OpenMetrics), (400, 200), "OpenMetrics is read as what it is"),
        (new("POST", "/metrics/job/d", "d4 1\n", Encoding: "GZIP") { Bytes = Pack("d4 1\n") }, (400, 200), "the case does not matter, as in Pushgateway 1.6 and later"),
        (Packed("/metrics/job/d", "d5 1\n", packed => packed[..^4]), (200, 400), "gzip cut short is not whole: a PUT of a part would end the series of the rest"),
        (Packed("/metrics/job/d", "d6 1\n", packed => [.. packed[..^8], 1, 2, 3, 4, .. packed[^4..]]), (200, 400), "a wrong check sum says that something else was sent"),
        (new("POST", "/metrics/job/d", "d7{a=\"x\\q\"} 1\n"), (400, 200), "escapes that mean nothing are taken as Prometheus's scrapes take them"),
        (new("POST", "/metrics/job/d", "d8 1 \n"), (400, 200), "a blank at the end of a line is no timestamp, as in Prometheus's scrapes"),
        (new("POST", "/metrics/job/d", "# TYPE d9\nd9 1\n"), (200, 400), "a TYPE line without a type is refused, as in Prometheus's scrapes"),
        (new("POST", "/metrics/job/d/x/a%2Fb", "d12 1\n"), (400, 200), "an escaped slash stays inside its value"),
        (new("POST", "/metrics/job", "d10 1\n"), (404, 400), "the error says how the path should look"),
        // The last one: every later push to Debian's 1.5.1 fails for the label that this one leaves behind.
        (new("POST", "/metrics/job/d/x/%ff", "d11 1\n"), (400, 400), "the path is UTF-8, and a refusal leaves nothing behind"),
    ];


}
