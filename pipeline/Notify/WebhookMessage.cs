using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streamline.Pipeline.Alerting;

namespace Streamline.Pipeline.Notify;

/// <summary>Alertmanager's webhook message, version 4.</summary>
internal static class WebhookMessage
{
    private const string NoTime = "0001-01-01T00:00:00Z";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(Notification notification, int maxAlerts)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, Options);
        int shown = maxAlerts > 0 ? Math.Min(maxAlerts, notification.Alerts.Count) : notification.Alerts.Count;
        json.WriteStartObject();
        json.WriteString("receiver", QuoteMeta(notification.Receiver));
        json.WriteString("status", notification.Status);
        json.WriteStartArray("alerts");
        for (int i = 0; i < shown; i++) WriteAlert(json, notification.Alerts[i], notification.NowMs);
        json.WriteEndArray();
        WriteMap(json, "groupLabels", notification.GroupLabels.ToPairs());
        WriteMap(json, "commonLabels", Common(notification.Alerts, a => a.Labels.ToPairs()));
        WriteMap(json, "commonAnnotations", Common(notification.Alerts, a => a.Annotations));
        WriteMap(json, "routeLabels", notification.RouteLabels);
        json.WriteString("externalURL", notification.ExternalUrl);
        json.WriteString("version", "4");
        json.WriteString("groupKey", notification.GroupKey);
        json.WriteNumber("truncatedAlerts", notification.Alerts.Count - shown);
        json.WriteString("notification_reason", Notification.TextOf(notification.Reason));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteAlert(Utf8JsonWriter json, AlertUpdate alert, long nowMs)
    {
        bool resolved = alert.IsResolvedAt(nowMs);
        json.WriteStartObject();
        json.WriteString("status", resolved ? "resolved" : "firing");
        WriteMap(json, "labels", alert.Labels.ToPairs());
        WriteMap(json, "annotations", alert.Annotations);
        json.WriteString("startsAt", AlertTime.Text(alert.StartsAtMs));
        json.WriteString("endsAt", resolved ? AlertTime.Text(alert.EndsAtMs) : NoTime);
        json.WriteString("generatorURL", alert.GeneratorUrl);
        json.WriteString("fingerprint", Fingerprint.Text(alert.Labels));
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static Dictionary<string, string> Common(IReadOnlyList<AlertUpdate> alerts, Func<AlertUpdate, IEnumerable<KeyValuePair<string, string>>> pairs)
    {
        if (alerts.Count == 0) return [];
        var common = new Dictionary<string, string>(pairs(alerts[0]), StringComparer.Ordinal);
        for (int i = 1; i < alerts.Count && common.Count > 0; i++)
        {
            var other = new Dictionary<string, string>(pairs(alerts[i]), StringComparer.Ordinal);
            foreach (var (key, value) in common)
            {
                if (!other.TryGetValue(key, out string? same) || same != value) common.Remove(key);
            }
        }
        return common;
    }

    // Alertmanager quotes the receiver's name as for a regular expression; receivers of webhooks have learnt to expect it.
    private static string QuoteMeta(string text)
    {
        var quoted = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if ("\\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal)) quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.ToString();
    }
}
