namespace Streamline.Storage;

/// <summary>What a series' metric is, as its source says: the type in OpenMetrics's words (<c>counter</c>, ... <c>unknown</c>), unit and help.</summary>
public sealed record SeriesMetadata(string Type, string Unit, string Help);

/// <summary>Metadata on its way to the store, with the series it belongs to.</summary>
public readonly record struct BatchMetadata(SeriesHandle Handle, SeriesMetadata Metadata);
