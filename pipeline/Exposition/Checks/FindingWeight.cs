namespace Streamline.Pipeline;

/// <summary>What a finding means for the body.</summary>
public enum FindingWeight
{
    /// <summary>The format forbids it.</summary>
    Error,

    /// <summary>The format or its conventions advise against it.</summary>
    Warning,

    /// <summary>The specification would rather have it otherwise, but most client libraries do it; told once a body.</summary>
    Note,
}
