using System.Text.RegularExpressions;
using Streamline.Conformance.Scripting;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;
using ValueType = Streamline.Query.ValueType;

namespace Streamline.Conformance.Running;

/// <summary>
/// Runs a script. Every instant query is also asked with <c>@</c> its time at other times, and in the middle of a short range,
/// as the scripts' own runner does; one wrong answer fails the command.
/// </summary>
internal sealed partial class ScriptRunner : IDisposable
{
    private const long MinuteMs = 60_000;

    /// <summary>Longest run of one query: a hanging engine fails a command, not the whole run.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IScriptStore _store;
    private QueryEngine _engine;

    private ScriptRunner(IScriptStore store)
    {
        _store = store;
        _engine = NewEngine();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _store.Dispose();
    }

    /// <summary>Runs a script over samples in memory.</summary>
    public static Task<List<Outcome>> RunAsync(string script) => RunAsync(script, new MemoryScriptStore());

    /// <summary>Runs a script over a store, which is let go of at the end.</summary>
    public static async Task<List<Outcome>> RunAsync(string script, IScriptStore store)
    {
        using var runner = new ScriptRunner(store);
        List<Outcome> outcomes = [];
        foreach (ScriptCommand command in ScriptReader.Read(script))
        {
            if (await runner.RunAsync(command) is { } outcome) outcomes.Add(outcome);
        }
        return outcomes;
    }

    private QueryEngine NewEngine() => new(_store.Samples, new QueryEngineOptions
    {
        ExperimentalFunctions = true,
        ExtendedRangeSelectors = true,
        FillModifiers = true,
        DelayedNameRemoval = true,
        UseStartTimestamps = true,
    });

    private async Task<Outcome?> RunAsync(ScriptCommand command)
    {
        switch (command)
        {
            case UnreadableCommand unreadable: return new Outcome(command.Line, OutcomeKind.Failed, "", unreadable.Reason);
            case EvalCommand eval: return await EvaluateAsync(eval);
            case LoadCommand load:
                Load(load);
                return null;
            default:
                _store.Clear();
                _engine.Dispose();
                _engine = NewEngine();
                return null;
        }
    }

    private void Load(LoadCommand load)
    {
        // Of two lines for one series the later one counts.
        foreach (SeriesLine line in load.Series.GroupBy(s => s.Labels, (_, lines) => lines.Last()))
        {
            for (int i = 0; i < line.Points.Count; i++)
            {
                ScriptPoint point = line.Points[i];
                if (point.IsAbsent) continue;
                long time = i * load.StepMs, start = line.StartOffsetsMs?[i] is { } offset ? time + offset : 0;
                if (point.Histogram is { } histogram) _store.Add(line.Labels, time, histogram, start);
                else _store.Add(line.Labels, time, point.Value, start);
            }
        }
        if (load.WithCustomBuckets) LoadCustomBuckets(load);
        _store.Commit();
    }

    private void LoadCustomBuckets(LoadCommand load)
    {
        foreach ((Labels labels, SortedList<long, NativeHistogram> points) in ClassicToCustom.Convert(load))
        {
            foreach ((long time, NativeHistogram histogram) in points) _store.Add(labels, time, histogram, 0);
        }
    }

    private async Task<Outcome> EvaluateAsync(EvalCommand eval)
    {
        try
        {
            if (eval.IsRange) await RunOnceAsync(eval, eval.Query, eval.StartMs);
            else await RunInstantAsync(eval);
            return new Outcome(eval.Line, OutcomeKind.Passed, eval.Query, "");
        }
        catch (Exception error)
        {
            // The edge of the loop over commands: whatever goes wrong in one is that command's failure.
            return new Outcome(eval.Line, OutcomeKind.Failed, eval.Query, error is MismatchException or QueryException ? error.Message : error.ToString());
        }
    }

    private async Task RunInstantAsync(EvalCommand eval)
    {
        await RunOnceAsync(eval, eval.Query, eval.StartMs);
        if (eval.Expects(ExpectationKind.Fail)) return;
        if (AtModifiers.Pin(PromqlParser.Parse(eval.Query), eval.StartMs) is not { } pinned) return;
        long time = eval.StartMs;
        long[] times = time == 0 ? [-1000, 0, 1000] : [-10 * time, 0, time / 5, time, 10 * time];
        foreach (long other in times) await RunOnceAsync(eval, pinned, other);
    }

    private async Task RunOnceAsync(EvalCommand eval, string query, long timeMs)
    {
        using var patience = new CancellationTokenSource(Patience);
        bool mayFail = eval.Expects(ExpectationKind.Fail);
        QueryResult result;
        try
        {
            result = eval.IsRange
                ? await _engine.RangeAsync(query, eval.StartMs, eval.EndMs, eval.StepMs, QueryParameters.Default, patience.Token)
                : await _engine.InstantAsync(query, timeMs, QueryParameters.Default, patience.Token);
        }
        catch (Exception error) when (mayFail && IsAnswer(error))
        {
            Expectation wanted = eval.Expectations.First(e => e.Kind == ExpectationKind.Fail);
            if (!wanted.Matches(error.Message)) throw new MismatchException($"wanted the error {wanted.Shown}, got {error.Message}");
            return;
        }
        if (mayFail) throw new MismatchException("wanted an error, got a result");
        InContext(query, timeMs, () => Comparison.Check(eval, result));
        if (eval.IsRange || result.Type is ValueType.String or ValueType.Matrix || OfTheQuery().IsMatch(query)) return;
        QueryResult range = await _engine.RangeAsync(query, timeMs - MinuteMs, timeMs + MinuteMs, MinuteMs, QueryParameters.Default, patience.Token);
        if (eval.Expects(ExpectationKind.Ordered)) return;
        InContext($"{query} as a range", timeMs, () => Comparison.CheckMiddle(eval, range, timeMs, result.Type == ValueType.Scalar));
    }

    private static bool IsAnswer(Exception error) => error is QueryException or PromqlSyntaxException;

    private static void InContext(string query, long timeMs, Action check)
    {
        try
        {
            check();
        }
        catch (MismatchException error)
        {
            throw new MismatchException($"{error.Message} [{query} at {timeMs} ms]");
        }
    }

    /// <summary>Functions whose value depends on the query's own times.</summary>
    [GeneratedRegex(@"(start|end|range|step)\(\)")]
    private static partial Regex OfTheQuery();
}
