using System.Globalization;

namespace Streamline.Pipeline;

/// <summary>One fault of an exposition. Lines and columns (in characters) count from 1.</summary>
public sealed record ExpositionFinding(int Line, int Column, FindingWeight Weight, string Text)
{
    /// <summary><c>line:column: weight: text</c>.</summary>
    public override string ToString()
    {
        string weight = Weight switch
        {
            FindingWeight.Error => "error",
            FindingWeight.Warning => "warning",
            FindingWeight.Note => "note",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: {weight}: {Text}");
    }
}
