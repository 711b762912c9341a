using Streamline.Pipeline.Templates;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Templates;

/// <summary>The expected texts were printed by promtool 2.42 for the same templates.</summary>
public sealed class AlertTemplateTests
{
    private static readonly TemplateData Data = new(
        TemplateMap.Of(Labels.Of(("__name__", "gauge"), ("job", "node"), ("instance", "h:1"))),
        TemplateMap.Of(Labels.Of(("region", "eu"))),
        "http://prom.example/base",
        1234.5);

    private static readonly TemplateSite Site = new() { ExternalUrl = "http://prom.example/base", NowMs = 60_000, Query = Query };

    public static TheoryData<string, string> Texts => new()
    {
        { "{{ $value }}", "1234.5" },
        { """a {{- " b " -}} c""", "a b c" },
        { "{{/* note */}}x{{- /* note */ -}}  y", "xy" },
        { "{{ if gt $value 100.0 }}big{{ else if eq $value 7.0 }}seven{{ else }}small{{ end }}", "big" },
        { """{{ if and $labels.job (ne $labels.job "x") }}yes{{ else }}no{{ end }}""", "yes" },
        { """{{ range $i, $e := query "multi" | sortByLabel "n" }}{{ $i }}={{ $e.Labels.n }}:{{ .Value }} {{ end }}""", "0=a:1 1=b:2 2=c:3 " },
        { """{{ range query "nothing" }}x{{ else }}none{{ end }}""", "none" },
        { """{{ range query "multi" | sortByLabel "n" }}{{ if eq .Labels.n "b" }}{{ break }}{{ end }}{{ .Labels.n }}{{ end }}""", "a" },
        { """{{ range query "multi" | sortByLabel "n" }}{{ if eq .Labels.n "b" }}{{ continue }}{{ end }}{{ label "n" . }}{{ end }}""", "ac" },
        { """{{ with query "multi{n='b'}" }}{{ . | first | value }}{{ end }}""", "2" },
        { "{{ with $labels.nope }}x{{ else }}empty{{ end }}", "empty" },
        { """{{ define "t" }}[{{ . }}|{{ $ }}]{{ end }}{{ template "t" $labels.job }}""", "[node|node]" },
        { """{{ define "t" }}{{ .arg0 }}-{{ .arg1 }}{{ end }}{{ template "t" (args 1 "two") }}""", "1-two" },
        { """{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" "x" }}""", "<x>" },
        { """{{ block "b" 3 }}({{ . }}){{ end }}""", "(3)" },
        { "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "2" },
        { "{{ $x := 1 }}{{ if true }}{{ $x = 5 }}{{ end }}{{ $x }}", "5" },
        { "{{ $x := 1 }}{{ if true }}{{ $x := 5 }}{{ end }}{{ $x }}", "1" },
        { "{{ .Labels.job }} {{ .Value }} {{ .ExternalURL }} {{ .ExternalLabels.region }}", "node 1234.5 http://prom.example/base eu" },
        { "{{ $labels }}", "map[__name__:gauge instance:h:1 job:node]" },
        { "{{ $externalLabels.region }}", "eu" },
        { """{{ $labels.job | toUpper | printf "%s-%s" "a" }}""", "a-NODE" },
        { """{{ printf "%v %d %s" $value 42 "x" }}""", "1234.5 42 x" },
        { """{{ printf "%f %.2f %8.3f|%-8.1f|%08.2f" $value $value $value $value $value }}""", "1234.500000 1234.50 1234.500|1234.5  |01234.50" },
        { """{{ printf "%g %.3g %e %.1E %G" $value $value $value $value $value }}""", "1234.5 1.23e+03 1.234500e+03 1.2E+03 1234.5" },
        { """{{ printf "%v %G %v" 32546816.0 1e-7 0.0001 }}""", "3.2546816e+07 1E-07 0.0001" },
        { """{{ printf "%q %q %x %X %x" "a\"b\n" 65 "hi" 255 -255 }}""", "\"a\\\"b\\n\" 'A' 6869 FF -ff" },
        { """{{ printf "%t %5t %v" true false true }}""", "true false true" },
        { """{{ printf "%-10s|%10s|%.2s" "left" "right" "cut" }}""", "left      |     right|cu" },
        { """{{ printf "%5d|%-5d|%05d|%+d|% d|%b|%o|%c|%U" 42 42 42 42 42 5 8 65 65 }}""", "   42|42   |00042|+42| 42|101|10|A|U+0041" },
        { """{{ printf "100%%" }}""", "100%" },
        { """{{ printf "%d" "x" }}""", "%!d(string=x)" },
        { """{{ printf "%s" 3 }}""", "%!s(int=3)" },
        { """{{ printf "%d %d" 1 }}""", "1 %!d(MISSING)" },
        { """{{ printf "%d" 1 2 "x" }}""", "1%!(EXTRA int=2, string=x)" },
        { """{{ printf "%*d" 5 42 }}""", "   42" },
        { """{{ printf "%T %T %T %T" 1 1.5 "x" true }}""", "int float64 string bool" },
        { """{{ printf "%v" $labels }}""", "map[__name__:gauge instance:h:1 job:node]" },
        { """{{ printf "%!" }}""", "%!!(MISSING)" },
        { """{{ print 1 2 "a" "b" 3 4 }}""", "1 2ab3 4" },
        { """{{ println "x" 1 2 }}""", "x 1 2\n" },
        { """{{ len "häh" }} {{ len $labels }}""", "4 3" },
        { """{{ index $labels "job" }} {{ index "abc" 1 }}""", "node 98" },
        { """{{ slice "abcdef" 2 }} {{ slice "abcdef" 1 3 }}""", "cdef bc" },
        { """{{ html "<a href='x'>&\"" }}""", "&lt;a href=&#39;x&#39;&gt;&amp;&#34;" },
        { """{{ js "it's <b>\n" }}""", """it\'s \u003Cb\u003E\u000A""" },
        { """{{ urlquery "a b&c=d/é" }}""", "a+b%26c%3Dd%2F%C3%A9" },
        { """{{ eq 1 2 1 }} {{ eq "a" "a" }} {{ ne 1 2 }} {{ lt 1 2 }} {{ le "b" "a" }} {{ ge 2.5 2.5 }}""", "true true true true false true" },
        { """{{ not 0 }} {{ or 0 "" "x" }} {{ and 1 0 2 }}""", "true x 0" },
        { """{{ humanize 1234567.0 }} {{ humanize 0.00123 }} {{ humanize 0.0 }} {{ humanize "12345" }} {{ humanize 999.9 }}""", "1.235M 1.23m 0 12.35k 999.9" },
        { "{{ humanize1024 1048576.0 }} {{ humanize1024 0.5 }} {{ humanize1024 1e30 }}", "1Mi 0.5 8.272e+05Yi" },
        { "{{ humanizeDuration 899.99 }} {{ humanizeDuration 86400 }} {{ humanizeDuration 93784 }} {{ humanizeDuration 0.00123 }} {{ humanizeDuration -61.0 }} {{ humanizeDuration 59.5 }} {{ humanizeDuration 0 }}", "14m 59s 1d 0h 0m 0s 1d 2h 3m 4s 1.23ms -1m 1s 59.5s 0s" },
        { "{{ humanizePercentage 0.1234567 }} {{ humanizePercentage -1.0 }}", "12.35% -100%" },
        { "{{ humanizeTimestamp 1435065584.128 }} {{ humanizeTimestamp 0 }}", "2015-06-23 13:19:44.128 +0000 UTC 1970-01-01 00:00:00 +0000 UTC" },
        { "{{ toTime 1500000000.5 }} {{ (toTime 1500000000.0).Year }}", "2017-07-14 02:40:00.5 +0000 UTC 2017" },
        { """{{ title "hello wORLD foo-bar it's" }} {{ toUpper "aé" }} {{ toLower "AÉ" }}""", "Hello WORLD Foo-Bar It'S AÉ aé" },
        { """{{ stripPort "host:123" }} {{ stripPort "[::1]:80" }} {{ stripPort "plain" }}""", "host ::1 plain" },
        { """{{ stripDomain "a.b.c:9100" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "a.b" }} {{ stripDomain "x" }}""", "a:9100 10.0.0.1:80 a x" },
        { """{{ match "^a+$" "aaa" }} {{ match "b" "abc" }} {{ match "^b" "abc" }}""", "true true false" },
        { """{{ reReplaceAll "(a)(b)?" "${1}x$2y" "abab ac" }} {{ reReplaceAll "localhost:(.*)" "my.domain:$1" "localhost:9090" }}""", "axax axc my.domain:9090" },
        { """{{ parseDuration "1h5m" }} {{ parseDuration "1h5m" | humanizeDuration }}""", "3900 1h 5m 0s" },
        { """{{ graphLink "up == 0" }} {{ tableLink "up{a=\"b\"}" }}""", "/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=up%7Ba%3D%22b%22%7D&g0.tab=1" },
        { """{{ safeHtml "<b>" }}""", "<b>" },
        { """{{ query "multi" | first | strvalue }}|""", "|" },
        { """{{ with query "scalarish" }}{{ . | first | value | humanizePercentage }}{{ end }}""", "50%" },
        { """{{ "quoted" }} {{ `raw\n` }} {{ 'a' }} {{ 0x1F }} {{ 1e3 }} {{ -5 }} {{ 1_000 }} {{ true }}""", """quoted raw\n 97 31 1000 -5 1000 true""" },
        { """{{ printf "%s" }}""", "%!s(MISSING)" },
        { "{{ 1.5 }} {{ 1e21 }} {{ 1e20 }} {{ 123456789.0 }} {{ 0.0001 }} {{ 0.00001 }}", "1.5 1e+21 1e+20 1.23456789e+08 0.0001 1e-05" },
        { """{{ ($labels).job }} {{ (index (query "multi" | sortByLabel "n") 0).Labels.n }}""", "node a" },
        { """{{ if not (eq $labels.job "node") }}no{{ else }}is node{{ end }}""", "is node" },
        { """{{ $value | printf "%.0f" }}{{ "\u00e9\t|" }}""", "1234é\t|" },
        { """{{ $v := query "multi" | sortByLabel "n" }}{{ len $v }}{{ range $v }} {{ .Labels.n }}{{ end }}""", "3 a b c" },
        // Newer than promtool 2.42: from the functions' documentation.
        { """{{ define "t" }}<{{ . }}>{{ end }}{{ tmpl "t" "x" | toUpper }}""", "<X>" },
        { """{{ urlQueryEscape "a b/c" }}""", "a+b%2Fc" },
        { "{{ now }} {{ now | toTime }}", "60 1970-01-01 00:01:00 +0000 UTC" },
        { "{{ toDuration 90.5 }} {{ (toDuration 7200).Hours }} {{ toDuration 0.0015 }}", "1m30.5s 2 1.5ms" },
        { """{{ with $x := $labels.nope }}a{{ else with $labels.job }}{{ . }}{{ end }}""", "node" },
        { "{{ range 3 }}{{ . }}{{ end }}", "012" },
        { "{{ externalURL }} {{ pathPrefix }}", "http://prom.example/base /base" },
        { "no action", "no action" },
    };

    public static TheoryData<string, string> Failures => new()
    {
        { "{{ gt $value 100 }}", "<gt $value 100>: error calling gt: incompatible types for comparison" },
        { "{{ .Nope }}", "<.Nope>: can't evaluate field Nope in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value float64 }" },
        { """{{ query "nothing" | first | value }}""", "<first>: error calling first: first() called on vector with no elements" },
        { """{{ index "abc" 9 }}""", """<index "abc" 9>: error calling index: index out of range: 9""" },
        { """{{ template "nope" }}""", """<{{template "nope"}}>: template "nope" not defined""" },
        { """{{ humanize "x" }}""", """<humanize "x">: error calling humanize: strconv.ParseFloat: parsing "x": invalid syntax""" },
    };

    public static TheoryData<string, string> Malformed => new()
    {
        { "{{ $nope }}", "undefined variable \"$nope\"" },
        { "{{ if }}x{{ end }}", "missing value for if" },
        { "{{ nofunc 1 }}", "function \"nofunc\" not defined" },
        { "{{ \"unterminated }}", "unterminated quoted string" },
        { "{{ end }}", "unexpected {{end}}" },
        { "{{ if true }}x", "unexpected EOF" },
        { "{{ range }}x{{ end }}", "missing value for range" },
        { "{{ break }}", "{{break}} outside {{range}}" },
        { "{{ 1 | 2 }}", "non executable command in pipeline" },
        { "{{ .Labels. }}", "unexpected" },
        { "{{ (1 }}", "unclosed left paren" },
        { "{{ 1) }}", "unexpected right paren in command" },
        { "{{/* open }}", "unclosed comment" },
        { "{{ $x := 1, 2 }}", "unexpected \",\" in command" },
        { "{{ template 1 }}", "unexpected \"1\" in template clause" },
        { "{{ define \"x\" }}", "unexpected EOF" },
        { "{{ else }}", "unexpected {{else}}" },
        { "{{ print 1", "unclosed action" },
        { "{{ 'ab' }}", "malformed character constant" },
        { "{{ 1abc }}", "bad number syntax: \"1abc\"" },
        { "{{ }}", "missing value for command" },
        { "{{ print \"a\" ^ }}", "unexpected \"^\" in action" },
        { "line one\n{{ nofunc }}", ":2: function" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Expand_GivesGoText(string template, string expected) => Assert.Equal(expected, Expand(template));

    [Theory]
    [MemberData(nameof(Failures))]
    public void Expand_FailingFunction_BecomesErrorText(string template, string message)
    {
        string text = Expand(template);
        Assert.StartsWith("<error expanding template: error executing template __alert_A: template: __alert_A:1:", text, StringComparison.Ordinal);
        Assert.EndsWith(message + ">", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Check_Malformed_SaysWhy(string template, string message)
    {
        Assert.Contains(message, TemplateCheck.Error(template), StringComparison.Ordinal);
        Assert.StartsWith("<error expanding template: error parsing template", Expand(template), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_EveryGoodTemplate_IsNull()
    {
        foreach (var row in Texts) Assert.Null(TemplateCheck.Error(row.Data.Item1));
    }

    [Theory]
    [InlineData("{{ range 2000000 }}{{ end }}")]
    [InlineData("{{ range 400000 }}aaaaaaaaaaaaaaaaaaaa{{ end }}")]
    [InlineData("{{ define \"r\" }}{{ template \"r\" . }}{{ end }}{{ template \"r\" 1 }}")]
    public void Expand_Unbounded_IsStopped(string template) => Assert.StartsWith("<error expanding template", Expand(template), StringComparison.Ordinal);

    private static string Expand(string template) => new AlertTemplate("A", template).Expand(Data, Site);

    private static IReadOnlyList<object?> Query(string text) => text switch
    {
        "multi" => [Sample(2, ("__name__", "multi"), ("n", "b")), Sample(1, ("__name__", "multi"), ("n", "a")), Sample(3, ("__name__", "multi"), ("n", "c"))],
        "multi{n='b'}" => [Sample(2, ("n", "b"))],
        "scalarish" => [Sample(0.5)],
        _ => [],
    };

    private static TemplateSample Sample(double value, params ReadOnlySpan<(string, string)> labels) => new(TemplateMap.Of(Labels.Of(labels)), value);
}
