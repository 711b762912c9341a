namespace Streamline.Pipeline.Exposition;

/// <summary>What a metadata line tells of a family.</summary>
internal enum MetadataKind
{
    /// <summary>HELP.</summary>
    Help,

    /// <summary>TYPE.</summary>
    Type,

    /// <summary>UNIT.</summary>
    Unit,
}
