using System.Globalization;
using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Discovery;

/// <summary>Turns discovered groups into targets: label defaults, relabelling, checks, URL. Not thread safe.</summary>
internal sealed class TargetBuilder
{
    private const string ParameterPrefix = "__param_";

    private readonly ScrapeConfig _config;
    private readonly Relabeler _relabeler;
    private readonly LabelsBuilder _builder = new();

    // What each group of the last time gave.
    private Dictionary<TargetGroup, MadeTarget[]> _made = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="FormatException">A regular expression of relabel_configs is invalid.</exception>
    public TargetBuilder(ScrapeConfig config)
    {
        _config = config;
        _relabeler = new Relabeler(config.RelabelConfigs, config.MetricNameValidationScheme ?? NameValidationScheme.Utf8);
    }

    /// <summary>
    /// All targets of the groups. Over target_limit every one of them is in error rather than some of them gone. A group that was there the last time, as the same object, is
    /// not looked at again: one that has changed in a cluster of thousands costs what one costs.
    /// </summary>
    public TargetSet Build(IReadOnlyList<TargetGroup> groups)
    {
        var active = new Dictionary<object, TargetModel>();
        var dropped = new List<Labels>();
        int droppedCount = 0;
        var made = new Dictionary<TargetGroup, MadeTarget[]>(groups.Count, ReferenceEqualityComparer.Instance);
        foreach (var group in groups)
        {
            if (!_made.TryGetValue(group, out var targets)) targets = Make(group);
            made.TryAdd(group, targets);
            for (int i = 0; i < targets.Length; i++)
            {
                if (targets[i].Model is { } model)
                {
                    active.TryAdd(targets[i].Identity!, model);
                    continue;
                }
                droppedCount++;
                if (_config.KeepDroppedTargets == 0 || dropped.Count < _config.KeepDroppedTargets) dropped.Add(targets[i].Dropped ?? Discover(Shared(group), group.Targets[i]));
            }
        }
        _made = made;
        return new TargetSet([.. active.Values], dropped, droppedCount, OverLimit(active.Count));
    }

    private MadeTarget[] Make(TargetGroup group)
    {
        var shared = Shared(group);
        return [.. group.Targets.Select(target => Make(shared, target))];
    }

    // Labels of dropped targets are kept where all of them are shown: a cluster may have thousands that nobody wants.
    private MadeTarget Make(Labels shared, IReadOnlyDictionary<string, string> target)
    {
        var discovered = Discover(shared, target);
        if (!_relabeler.Keep(_builder.Reset(discovered))) return new MadeTarget(null, null, _config.KeepDroppedTargets == 0 ? discovered : null);
        var model = ToModel(discovered, _builder.Build());
        return new MadeTarget(model, model.Identity, null);
    }

    private string? OverLimit(int targets) => _config.TargetLimit == 0 || targets <= _config.TargetLimit
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"target_limit exceeded (number of targets: {targets}, limit: {_config.TargetLimit})");

    private Labels Shared(TargetGroup group)
    {
        _builder.Clear();
        foreach (var (name, value) in group.Labels) _builder.Set(name, value);
        return _builder.Build();
    }

    private Labels Discover(Labels shared, IReadOnlyDictionary<string, string> target)
    {
        _builder.Reset(shared);
        foreach (var (name, value) in target) _builder.Set(name, value);
        Default("job", _config.JobName);
        Default("__scrape_interval__", DurationText.Format((long)_config.ScrapeInterval.TotalMilliseconds));
        Default("__scrape_timeout__", DurationText.Format((long)_config.ScrapeTimeout.TotalMilliseconds));
        Default("__metrics_path__", _config.MetricsPath);
        Default("__scheme__", _config.Scheme);
        foreach (var (name, values) in _config.Parameters)
        {
            if (values.Count > 0) Default(ParameterPrefix + name, values[0]);
        }
        return _builder.Build();
    }

    private void Default(string name, string value)
    {
        if (_builder.ValueOf(Encoding.UTF8.GetBytes(name)).IsEmpty) _builder.Set(name, value);
    }

    private TargetModel ToModel(Labels discovered, Labels relabelled)
    {
        string? error = Check(relabelled, out var interval, out var timeout);
        Uri? url = null;
        if (error is null && !TryUrl(relabelled, out url)) error = Unreachable(relabelled);
        return new TargetModel(discovered, Visible(relabelled), url, interval, timeout, error)
        {
            Switches = new TargetSwitches(Switch(relabelled, "__scrape_native_histograms__"), Switch(relabelled, "__always_scrape_classic_histograms__"),
                Switch(relabelled, "__convert_classic_histograms_to_nhcb__"), relabelled.Get("__unix_socket__")),
        };
    }

    private static string Unreachable(Labels labels) => labels.Get("__scheme__").ToLowerInvariant() is "http" or "https"
        ? $"\"{labels.Get(TargetGroup.AddressLabel)}\" is not a valid address"
        : $"unsupported protocol scheme \"{labels.Get("__scheme__")}\": targets are asked by http or https";

    private static bool? Switch(Labels labels, string name) => TryBool(labels.Get(name), out bool value) ? value : null;

    // Go's words for the two.
    private static bool TryBool(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }

    private static string? Check(Labels labels, out TimeSpan interval, out TimeSpan timeout)
    {
        timeout = default;
        string address = labels.Get(TargetGroup.AddressLabel);
        if (!TryDuration(labels, "__scrape_interval__", out interval)) return "error parsing scrape interval";
        if (!TryDuration(labels, "__scrape_timeout__", out timeout)) return "error parsing scrape timeout";
        if (address.Length == 0) return "no address";
        if (address.Contains('/')) return $"\"{address}\" is not a valid hostname";
        if (interval == TimeSpan.Zero) return "scrape interval cannot be 0";
        if (timeout == TimeSpan.Zero) return "scrape timeout cannot be 0";
        if (timeout > interval) return "scrape timeout cannot be greater than scrape interval";
        foreach (string name in (string[])["__convert_classic_histograms_to_nhcb__", "__always_scrape_classic_histograms__", "__scrape_native_histograms__"])
        {
            if (labels.Get(name) is { Length: > 0 } text && !TryBool(text, out _)) return $"label {name} is not a boolean";
        }
        return null;
    }

    private static bool TryDuration(Labels labels, string name, out TimeSpan duration)
    {
        bool read = DurationText.TryParse(labels.Get(name), out long milliseconds) && milliseconds <= int.MaxValue * 1000L;
        duration = TimeSpan.FromMilliseconds(read ? milliseconds : 0);
        return read;
    }

    private bool TryUrl(Labels labels, out Uri? url)
    {
        string path = labels.Get("__metrics_path__");
        if (!path.StartsWith('/')) path = "/" + path;
        string query = Query(labels);
        string separator = query.Length == 0 ? "" : path.Contains('?') ? "&" : "?";
        string text = $"{labels.Get("__scheme__")}://{labels.Get(TargetGroup.AddressLabel)}{path}{separator}{query}";
        return Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https" && url.Host.Length > 0;
    }

    // The job's parameters; __param_x stands for the first value of x.
    private string Query(Labels labels)
    {
        var query = new StringBuilder();
        var names = new SortedSet<string>(_config.Parameters.Keys, StringComparer.Ordinal);
        foreach (var (name, _) in labels.ToPairs())
        {
            if (name.StartsWith(ParameterPrefix, StringComparison.Ordinal)) names.Add(name[ParameterPrefix.Length..]);
        }
        foreach (string name in names)
        {
            string first = labels.Get(ParameterPrefix + name);
            if (first.Length > 0) Append(query, name, first);
            foreach (string value in _config.Parameters.TryGetValue(name, out var values) ? values.Skip(first.Length > 0 ? 1 : 0) : []) Append(query, name, value);
        }
        return query.ToString();
    }

    private static void Append(StringBuilder query, string name, string value)
    {
        if (query.Length > 0) query.Append('&');
        query.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
    }

    // Labels beginning with __ were for relabelling; instance is the address unless it was set.
    private Labels Visible(Labels labels)
    {
        _builder.Clear();
        foreach (var pair in labels)
        {
            if (!pair.Name.StartsWith("__"u8)) _builder.Set(pair.Name, pair.Value);
        }
        Default("instance", labels.Get(TargetGroup.AddressLabel));
        return _builder.Build();
    }

    /// <summary>A target of a group: the model with its identity, or the labels that relabelling dropped it with, if they are kept.</summary>
    private readonly record struct MadeTarget(TargetModel? Model, object? Identity, Labels? Dropped);
}
