namespace Streamline.Pipeline.Exposition;

/// <summary>Collects findings up to a bound and counts the rest.</summary>
internal sealed class Findings(bool conventions)
{
    // A body that is wrong throughout has a fault a line; nobody reads more of them.
    private const int MaxKept = 1000;

    private readonly List<ExpositionFinding> _kept = [];
    private readonly HashSet<string> _notes = [];
    private int _errors;
    private int _warnings;
    private int _untold;

    public void Error(Place place, string text)
    {
        _errors++;
        Keep(place, FindingWeight.Error, text);
    }

    public void Warning(Place place, string text)
    {
        if (!conventions) return;
        _warnings++;
        Keep(place, FindingWeight.Warning, text);
    }

    /// <summary>The same text once only.</summary>
    public void Note(Place place, string text)
    {
        if (conventions && _notes.Add(text)) Keep(place, FindingWeight.Note, text);
    }

    public ExpositionReport Report(bool isOpenMetrics, IReadOnlyList<ExpositionFamily> families) => new()
    {
        IsOpenMetrics = isOpenMetrics,
        Findings = [.. _kept.OrderBy(f => f.Line).ThenBy(f => f.Column)],
        Errors = _errors,
        Warnings = _warnings,
        Untold = _untold,
        Families = families,
    };

    private void Keep(Place place, FindingWeight weight, string text)
    {
        if (_kept.Count < MaxKept) _kept.Add(new ExpositionFinding(place.Line, place.Column, weight, text));
        else _untold++;
    }
}
