using System.Net;
using System.Text.Json;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Notify;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Notify;

public sealed class NotifyTests
{
    private readonly ManualTimeProvider _time = new();
    private static readonly Notification Nothing = new("r", "k", Labels.Empty, new Dictionary<string, string>(), [], NotificationReason.First, "", 0);

    [Fact]
    public async Task Rehearsal_GoesThrough() => Assert.True(await NotifyRehearsal.RunAsync(_time).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

    [Fact]
    public void Fingerprint_Empty_IsTheOffset() => Assert.Equal("cbf29ce484222325", Fingerprint.Text(Labels.Empty));

    // The expected message was posted by Alertmanager 0.25 for the same alert and route.
    [Fact]
    public void WebhookMessage_IsAlertmanagers()
    {
        const string Expected = """
            {"receiver":"a\\.b","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"High","host":"a","severity":"page","team":"x"},
            "annotations":{"text":"t"},"startsAt":"2023-11-14T22:13:20.12Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://gen","fingerprint":"bc1fc139faafed1a"}],
            "groupLabels":{"alertname":"High"},"commonLabels":{"alertname":"High","host":"a","severity":"page","team":"x"},"commonAnnotations":{"text":"t"},
            "externalURL":"http://vm:19293","version":"4","groupKey":"{}/{severity=\"page\",team=~\"x|y\"}:{alertname=\"High\"}","truncatedAlerts":0}
            """;
        var child = new RouteConfig
        {
            Receiver = "a.b",
            AllMatchers = [new MatcherConfig(MatchOperator.Equal, "severity", "page"), new MatcherConfig(MatchOperator.Regex, "team", "x|y")],
        };
        var labels = Labels.Of(("alertname", "High"), ("host", "a"), ("severity", "page"), ("team", "x"));
        var taken = new List<Route>();
        Route.Build(new RouteConfig { Receiver = "a.b", GroupBy = ["alertname"], Routes = [child] }).Match(labels, taken);
        var group = new AlertGroup(Assert.Single(taken), taken[0].GroupLabels(labels));
        var alert = new AlertUpdate(labels, [new("text", "t")], 1_700_000_000_120, 1_900_000_000_000, "http://gen", 1_700_000_000_200);
        var notification = new Notification("a.b", group.Key, group.Labels, group.Route.Labels, [alert], NotificationReason.First, "http://vm:19293", 1_700_000_000_200);
        var ours = JsonDocument.Parse(WebhookMessage.Write(notification, 0)).RootElement;
        foreach (JsonProperty property in JsonDocument.Parse(Expected).RootElement.EnumerateObject())
        {
            Assert.True(JsonElement.DeepEquals(property.Value, ours.GetProperty(property.Name)), property.Name);
        }
    }

    [Theory]
    [InlineData(200, true, false, "")]
    [InlineData(204, true, false, "")]
    [InlineData(400, false, false, "clientError")]
    [InlineData(401, false, false, "authError")]
    [InlineData(429, false, false, "rateLimited")]
    [InlineData(500, false, true, "serverError")]
    [InlineData(503, false, true, "serverError")]
    public void ResultOf_Status(int status, bool ok, bool retry, string reason)
    {
        NotifyResult result = WebhookNotifier.ResultOf((HttpStatusCode)status);
        Assert.Equal((ok, retry, reason), (result.Ok, result.Retry, result.Reason));
    }

    [Fact]
    public async Task Retry_ServerError_TriesAgainAfterTheDelay()
    {
        var notifier = new Scripted(NotifyResult.Failed(true, "serverError", "500"), NotifyResult.Sent);
        var sending = NotifyRetry.SendAsync(notifier, Nothing, TimeSpan.FromMinutes(1), _time, CancellationToken.None);
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var (result, attempts) = await sending;
        Assert.Equal((true, 2), (result.Ok, attempts));
    }

    [Fact]
    public async Task Retry_FinalError_IsTriedOnce()
    {
        var (result, attempts) = await NotifyRetry.SendAsync(new Scripted(NotifyResult.Failed(false, "clientError", "400")), Nothing, TimeSpan.FromMinutes(1), _time, CancellationToken.None);
        Assert.Equal((false, 1), (result.Ok, attempts));
    }

    [Fact]
    public async Task Retry_OutOfTime_GivesTheLastError()
    {
        var sending = NotifyRetry.SendAsync(new Scripted(NotifyResult.Failed(true, "other", "refused")), Nothing, TimeSpan.FromMilliseconds(100), _time, CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(150));
        var (result, attempts) = await sending;
        Assert.Equal(("refused", 1), (result.Error, attempts));
    }

    private sealed class Scripted(params NotifyResult[] results) : INotifier
    {
        private int _next;

        public string Integration => "scripted";

        public bool SendResolved => true;

        public Task<NotifyResult> SendAsync(Notification notification, CancellationToken cancellation) =>
            Task.FromResult(results[Math.Min(_next++, results.Length - 1)]);
    }
}
