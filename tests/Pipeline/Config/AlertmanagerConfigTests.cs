using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

public sealed class AlertmanagerConfigTests
{
    [Fact]
    public void Load_Routes_InheritWhatAlertmanagerInherits()
    {
        var config = Good("""
            route:
              receiver: a
              group_by: [alertname]
              group_wait: 1s
              labels: {x: 1}
              routes:
                - matchers: ['severity="critical", team=~a|b']
                  match: {b: c}
                  match_re: {a: d.*}
                  receiver: b
                  continue: true
                  group_by: []
                  labels: {y: 2}
                  mute_time_intervals: [nights]
                  routes: [{matchers: [z!=""]}]
            receivers: [{name: a}, {name: b, webhook_configs: [{url: 'http://x/', send_resolved: false, max_alerts: 3}]}]
            time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}], weekdays: ['monday:Friday', sunday], days_of_month: ['-3:-1', 5], months: ['january:3', 12], years: ['2026:2028'], location: Europe/Berlin}]}]
            inhibit_rules: [{source_matchers: [a=b], target_match: {c: d}, equal: [e]}]
            """);
        var root = config.Route!;
        var child = root.Routes[0];
        var grandchild = child.Routes[0];
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(4)), (root.GroupWait!.Value, root.GroupInterval!.Value, root.RepeatInterval!.Value));
        Assert.Equal(["a=~\"d.*\"", "b=\"c\"", "severity=\"critical\"", "team=~\"a|b\""], child.AllMatchers.Select(m => m.ToString()));
        Assert.Empty(child.GroupBy!);
        Assert.Equal(("b", TimeSpan.FromSeconds(1)), (grandchild.Receiver, grandchild.GroupWait!.Value));
        Assert.False(grandchild.Continue);
        Assert.Empty(grandchild.MuteTimeIntervals);
        Assert.Equal(["x=1", "y=2"], grandchild.Labels.Select(l => $"{l.Key}={l.Value}"));
        var webhook = config.Receivers[1].WebhookConfigs[0];
        Assert.Equal(("http://x/", false, 3), (webhook.Url!.Reveal(), webhook.SendResolved, webhook.MaxAlerts));
        Assert.NotNull(webhook.HttpConfig);
        var range = config.TimeIntervals[0].TimeIntervals[0];
        Assert.Equal((1320, 1440), (range.Times[0].StartTime.Minutes, range.Times[0].EndTime.Minutes));
        Assert.Equal([new WeekdayRange(1, 5), new WeekdayRange(0, 0)], range.Weekdays);
        Assert.Equal([new DayOfMonthRange(-3, -1), new DayOfMonthRange(5, 5)], range.DaysOfMonth);
        Assert.Equal([new MonthRange(1, 3), new MonthRange(12, 12)], range.Months);
        Assert.Equal("c=\"d\"", Assert.Single(config.InhibitRules[0].AllTargetMatchers).ToString());
    }

    [Fact]
    public void Load_WebhookAddress_FilledFromEnvironment()
    {
        var config = ConfigText.Good("alertmanager: {route: {receiver: a}, receivers: [{name: a, webhook_configs: [{url: '${env:HOOK}'}]}]}", ("HOOK", "http://x/"));
        Assert.Equal("http://x/", config.Alertmanager!.Receivers[0].WebhookConfigs[0].Url!.Reveal());
    }

    [Theory]
    [InlineData("receivers: []", "2:3 alertmanager.route: an alertmanager section needs a \"route\"")]
    [InlineData("route: {group_by: [a]}", "2:10 alertmanager.route.receiver: the root route needs a \"receiver\"")]
    [InlineData("route: {receiver: web}\n  receivers: [{name: wbe}]", "2:21 alertmanager.route.receiver: no receiver is named \"web\" (wbe)")]
    [InlineData("route: {receiver: a, match: {b: c}}\n  receivers: [{name: a}]", "2:31 alertmanager.route.match: the root route matches everything: it takes no matchers")]
    [InlineData("route: {receiver: a, group_by: ['...', b]}\n  receivers: [{name: a}]", "2:34 alertmanager.route.group_by: \"...\" groups by all labels: no other label may stand beside it")]
    [InlineData("route: {receiver: a, group_interval: 0s}\n  receivers: [{name: a}]", "2:40 alertmanager.route.group_interval: must be above 0")]
    [InlineData("route: {receiver: a, routes: [{mute_time_intervals: [b]}]}\n  receivers: [{name: a}]", "2:55 alertmanager.route.routes[0].mute_time_intervals: no time interval is named \"b\"")]
    [InlineData("route: {receiver: a, routes: [{matchers: ['a~b']}]}\n  receivers: [{name: a}]", "2:45 alertmanager.route.routes[0].matchers[0]: bad matcher \"a~b\": expected one of = != =~ !~ at character 2")]
    [InlineData("route: {receiver: a}\n  receivers: [{name: a}, {name: a}]", "3:33 alertmanager.receivers[1].name: receiver \"a\" exists already")]
    [InlineData("route: {receiver: a}\n  receivers: [{name: a, webhook_configs: [{}]}]", "3:43 alertmanager.receivers[0].webhook_configs[0].url: a webhook needs a \"url\" or a \"url_file\"")]
    [InlineData("route: {receiver: a}\n  receivers: [{name: a, slak_configs: [{}]}]", "3:25 alertmanager.receivers[0].slak_configs: unknown key \"slak_configs\" (slack_configs)")]
    [InlineData("route: {receiver: a}\n  receivers: [{name: a}]\n  time_intervals: [{name: t, time_intervals: [{weekdays: ['saturday:monday']}]}]",
        "4:59 alertmanager.time_intervals[0].time_intervals[0].weekdays[0]: expected a weekday such as monday, or a range such as monday:friday (the week begins with sunday), found \"saturday:monday\"")]
    [InlineData("route: {receiver: a}\n  receivers: [{name: a}]\n  global: {slack_api_url: a, slack_api_url_file: b}", "4:50 alertmanager.global.slack_api_url_file: at most one of \"slack_api_url\" and \"slack_api_url_file\" may be set")]
    public void Load_Fault_NamedAtItsPlace(string text, string expected) => Assert.Equal([expected], ConfigText.Bad("alertmanager:\n  " + text));

    [Theory]
    [InlineData("a=b", "a=\"b\"")]
    [InlineData("{a=~\"b c\", d!=e}", "a=~\"b c\",d!=\"e\"")]
    [InlineData("\"a b\"=\"c\\\"d\"", "\"a b\"=\"c\\\"d\"")]
    [InlineData("a=", "a=\"\"")]
    [InlineData("a=b{c", "a=\"b{c\"")]
    [InlineData("{}", "")]
    [InlineData("{a=b,}", "a=\"b\"")]
    [InlineData("foo!~\"a|b\"", "foo!~\"a|b\"")]
    public void Parse_Matchers_BothGrammars(string text, string expected) =>
        Assert.Equal(expected, string.Join(",", MatcherParser.Parse(text, out _)!.Select(m => m.ToString())));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("=b")]
    [InlineData("a=\"b")]
    [InlineData("a=~(")]
    public void Parse_BadMatchers_Refused(string text)
    {
        Assert.Null(MatcherParser.Parse(text, out string? failure));
        Assert.NotNull(failure);
    }

    private static AlertmanagerConfig Good(string text) =>
        ConfigText.Good("alertmanager:\n" + string.Join('\n', text.Split('\n').Select(l => "  " + l))).Alertmanager!;
}
