namespace Streamline.Conformance.Running;

/// <summary>How one <c>eval</c> went.</summary>
internal enum OutcomeKind
{
    Passed,
    Failed,
}

/// <summary>The outcome of the command at a line.</summary>
internal sealed record Outcome(int Line, OutcomeKind Kind, string Query, string Reason)
{
    public override string ToString() => $"line {Line}: {Kind} {Query}: {Reason}";
}

/// <summary>A wrong answer.</summary>
internal sealed class MismatchException(string reason) : Exception(reason);
