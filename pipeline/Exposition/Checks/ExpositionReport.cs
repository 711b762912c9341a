namespace Streamline.Pipeline;

/// <summary>What a check found, in the order of the lines.</summary>
public sealed record ExpositionReport
{
    /// <summary>Whether the body was taken for OpenMetrics.</summary>
    public required bool IsOpenMetrics { get; init; }

    /// <summary>The first thousand findings.</summary>
    public required IReadOnlyList<ExpositionFinding> Findings { get; init; }

    /// <summary>Errors, those beyond the list included.</summary>
    public required int Errors { get; init; }

    /// <summary>Warnings, those beyond the list included.</summary>
    public required int Warnings { get; init; }

    /// <summary>Findings that are beyond the list.</summary>
    public required int Untold { get; init; }

    /// <summary>Families that have series, in the order of the body.</summary>
    public required IReadOnlyList<ExpositionFamily> Families { get; init; }
}
