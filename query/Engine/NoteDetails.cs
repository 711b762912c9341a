using System.Globalization;
using System.Text;
using Streamline.Query.Syntax;

namespace Streamline.Query.Engine;

/// <summary>Details behind the text of an annotation; equal texts become one annotation, and their details are put together.</summary>
internal abstract class NoteDetails
{
    /// <summary>Takes the details of the same annotation from elsewhere in.</summary>
    public abstract void Merge(NoteDetails other);

    /// <summary>What is printed between text and position.</summary>
    public abstract string Text();
}

/// <summary>How often it happened; told from the second time on.</summary>
internal sealed class OccurrenceDetails : NoteDetails
{
    private int _count = 1;

    public override void Merge(NoteDetails other) => _count += ((OccurrenceDetails)other)._count;

    public override string Text() => _count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({_count} occurrences)");
}

/// <summary>Where classic buckets had to be made monotonic, and by how much.</summary>
internal sealed class MonotonicityDetails(long timeMs, double minBound, double maxBound, double maxDifference) : NoteDetails
{
    private long _fromMs = timeMs;
    private long _toMs = timeMs;
    private double _minBound = minBound;
    private double _maxBound = maxBound;
    private double _maxDifference = maxDifference;
    private int _samples = 1;

    public override void Merge(NoteDetails other)
    {
        var more = (MonotonicityDetails)other;
        _fromMs = Math.Min(_fromMs, more._fromMs);
        _toMs = Math.Max(_toMs, more._toMs);
        _minBound = Math.Min(_minBound, more._minBound);
        _maxBound = Math.Max(_maxBound, more._maxBound);
        _maxDifference = Math.Max(_maxDifference, more._maxDifference);
        _samples += more._samples;
    }

    public override string Text()
    {
        var text = new StringBuilder(", from buckets ");
        GoNumbers.AppendGeneral(text, _minBound);
        text.Append(" to ");
        GoNumbers.AppendGeneral(text, _maxBound);
        text.Append(", with a max diff of ");
        GoNumbers.AppendTwoDigits(text, _maxDifference);
        text.Append(CultureInfo.InvariantCulture, $", over {_samples} samples from {Time(_fromMs)} to {Time(_toMs)}");
        return text.ToString();
    }

    private static string Time(long timeMs) =>
        DateTimeOffset.FromUnixTimeSeconds(timeMs / 1000).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
