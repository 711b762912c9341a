namespace Streamline.Storage.Tests.Crash;

/// <summary>What a store has promised: samples that must be there, those that may be, and nothing else.</summary>
internal sealed class Ledger
{
    private readonly SortedDictionary<string, SortedDictionary<long, Entry>> _series = new(StringComparer.Ordinal);

    private enum State
    {
        /// <summary>Acknowledged.</summary>
        Kept,

        /// <summary>Written or deleted by what never came back.</summary>
        Open,

        /// <summary>Deleted, and that was acknowledged.</summary>
        Gone,
    }

    /// <summary>Samples that must be there.</summary>
    public int Kept => _series.Values.Sum(s => s.Values.Count(e => e.State == State.Kept));

    /// <summary>A sample handed to the store, and whether it said that it has it.</summary>
    public void Write(string series, long time, double value, bool acknowledged)
    {
        string labels = Scenario.Series(series).ToString();
        if (!_series.TryGetValue(labels, out var samples)) _series[labels] = samples = [];
        samples[time] = new Entry(value, acknowledged ? State.Kept : State.Open);
    }

    /// <summary>A deletion: what it hit is gone, or may be.</summary>
    public void Delete(string series, long fromMs, long toMs, bool acknowledged)
    {
        var samples = _series[Scenario.Series(series).ToString()];
        foreach (long time in samples.Keys.Where(t => t >= fromMs && t <= toMs).ToList())
        {
            if (samples[time].State != State.Gone) samples[time] = samples[time] with { State = acknowledged ? State.Gone : State.Open };
        }
    }

    /// <summary>What is older may have been deleted for its age.</summary>
    public void Age(long beforeMs)
    {
        foreach (var samples in _series.Values)
        {
            foreach (long time in samples.Keys.Where(t => t < beforeMs && samples[t].State == State.Kept).ToList())
                samples[time] = samples[time] with { State = State.Open };
        }
    }

    /// <summary>Compares with what a store gives; problems, one line each, the first few. With <paramref name="mayLose"/> only what is there is judged.</summary>
    public List<string> Check(ISampleStore store, bool mayLose = false)
    {
        var problems = new List<string>();
        using var set = store.Select([], TimeRange.All, SelectHints.None);
        var found = new Dictionary<string, List<(long Time, double Value)>>(StringComparer.Ordinal);
        for (int i = 0; i < set.Count; i++) found.Add(set.LabelsAt(i).ToString(), Scenario.Samples(set, i));
        foreach (var (series, samples) in _series) Compare(series, samples, found.GetValueOrDefault(series) ?? [], problems, mayLose);
        problems.AddRange(found.Keys.Except(_series.Keys).Select(s => $"{Short(s)} was never written"));
        return [.. problems.Take(8)];
    }

    private static void Compare(string series, SortedDictionary<long, Entry> promised, List<(long Time, double Value)> found, List<string> problems, bool mayLose)
    {
        var times = new HashSet<long>();
        foreach (var (time, value) in found)
        {
            string sample = $"{Short(series)} {(time - Scenario.Start) / 1000.0} s = {value}";
            if (!times.Add(time)) problems.Add($"{sample}: there twice");
            else if (!promised.TryGetValue(time, out var entry)) problems.Add($"{sample}: never written");
            else if (entry.State == State.Gone) problems.Add($"{sample}: was deleted");
            else if (!entry.Value.Equals(value)) problems.Add($"{sample}: was {entry.Value}");
        }
        foreach (var (time, entry) in promised)
        {
            if (!mayLose && entry.State == State.Kept && !times.Contains(time)) problems.Add($"{Short(series)} {(time - Scenario.Start) / 1000.0} s = {entry.Value}: lost");
        }
    }

    private static string Short(string series) => series.Length > 100 ? series[..100] + "…" : series;

    private readonly record struct Entry(double Value, State State);
}
