using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Stages;

/// <summary>A batch stage between a test and a database: samples are named by text, times are seconds since <see cref="Origin"/>.</summary>
internal sealed class StageBench : IDisposable
{
    /// <summary>On the grid of every interval that tests use.</summary>
    public const long Origin = 1_700_000_400_000;

    private readonly StoreBench _bench = new();
    private IBatchStage? _stage;

    public StageBench() => _bench.Clock.Advance(TimeSpan.FromMilliseconds(Origin + 3_600_000 - _bench.NowMs));

    public Tsdb Store => _bench.Store;

    public TimeProvider Time => _bench.Clock;

    public CommitResult Last => _bench.Last;

    public StageBench With(IBatchStage stage)
    {
        _stage = stage;
        return this;
    }

    /// <summary>One batch; a line is <c>name{a=b} seconds value</c>, the value <c>stale</c> a marker.</summary>
    public StageBench Send(params string[] lines)
    {
        var batch = new SampleBatch("test");
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            double value = parts[2] == "stale" ? StaleMarker.Value : double.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture);
            batch.Add(Store.Resolve(LabelsOf(parts[0])), Origin + (long)(double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) * 1000), value);
        }
        _stage!.Process(batch);
        _bench.TrySend(batch);
        return this;
    }

    /// <summary>One batch of series that were resolved before: looking a series up again would keep it in the head.</summary>
    public void Send(params (SeriesHandle Handle, double Seconds, double Value)[] samples)
    {
        var batch = new SampleBatch("test");
        foreach (var (handle, seconds, value) in samples) batch.Add(handle, Origin + (long)(seconds * 1000), value);
        _stage!.Process(batch);
        _bench.TrySend(batch);
    }

    public void Advance(TimeSpan by) => _bench.Clock.Advance(by);

    /// <summary>Takes up what the stage's journal holds.</summary>
    public StageBench Begin()
    {
        if (_stage!.Begin() is { } batch) _bench.TrySend(batch);
        return this;
    }

    public StageBench Flush(bool goesOn = false)
    {
        if (_stage!.Flush(goesOn) is { } batch) _bench.TrySend(batch);
        return this;
    }

    /// <summary>What is stored under a name: <c>name{a=b} seconds:value ...</c>.</summary>
    public List<string> Stored(string name) =>
        [.. StoredText.Read(Store, name).Select(s => Shown(s.Labels) + string.Concat(s.Times.Zip(s.Values, (t, v) => $" {FloatText.Format((t - Origin) / 1000.0)}:{(StaleMarker.Is(v) ? "stale" : FloatText.Format(v))}")))];

    public static Labels LabelsOf(string text)
    {
        string[] parts = text.TrimEnd('}').Split('{');
        var builder = new LabelsBuilder().Set("__name__", parts[0]);
        if (parts.Length > 1)
        {
            foreach (string pair in parts[1].Split(',')) builder.Set(pair.Split('=')[0], pair.Split('=')[1]);
        }
        return builder.Build();
    }

    public void Dispose() => _bench.Dispose();

    private static string Shown(Labels labels)
    {
        var others = labels.ToPairs().Where(p => p.Key != "__name__").Select(p => $"{p.Key}={p.Value}").ToList();
        return labels.Get("__name__") + (others.Count == 0 ? "" : "{" + string.Join(',', others) + "}");
    }
}
