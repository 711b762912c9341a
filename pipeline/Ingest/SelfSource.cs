using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>Streamline's own metrics as a source: what <c>/metrics</c> shows, without a scrape.</summary>
internal sealed class SelfSource(string name, SelfSourceConfig config, IReadOnlyList<KeyValuePair<string, string>> labels, MeterCollector metrics, SeriesRouter router, TimeProvider time, ILogger logger)
    : IntervalSource("self", name, config.Interval, labels, router, time, logger)
{
    private readonly Sink _sink = new();

    protected override void Collect(SeriesWriter writer)
    {
        _sink.Writer = writer;
        metrics.Collect(_sink);
    }

    private sealed class Sink : IMetricSink
    {
        private readonly Dictionary<(string Family, string Suffix), byte[]> _names = [];
        private readonly Dictionary<string, byte[]> _labelNames = [];
        private string _family = "";

        public SeriesWriter? Writer { get; set; }

        public void Family(string name, MetricType type, string help) => _family = name;

        public void Sample(string suffix, ReadOnlySpan<KeyValuePair<string, object?>> labels, double value, double? le = null)
        {
            if (!_names.TryGetValue((_family, suffix), out byte[]? name)) _names[(_family, suffix)] = name = Encoding.UTF8.GetBytes(_family + suffix);
            var series = Writer!.Series(name);
            foreach (var (label, text) in labels)
            {
                if (!_labelNames.TryGetValue(label, out byte[]? key)) _labelNames[label] = key = Encoding.UTF8.GetBytes(label);
                series.Label(key, text as string ?? Convert.ToString(text, CultureInfo.InvariantCulture) ?? "");
            }
            if (le is { } bound) series.Label("le"u8, BoundText(bound));
            series.Value(value);
        }

        // As Prometheus 3 spells bucket bounds: a whole number has a decimal.
        private static string BoundText(double bound)
        {
            string text = FloatText.Format(bound);
            return double.IsFinite(bound) && !text.AsSpan().ContainsAny('.', 'e') ? text + ".0" : text;
        }
    }
}
