using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>One group of host metrics, named as node_exporter's collector of the same purpose.</summary>
internal interface IHostCollector
{
    /// <summary>Value of the label <c>collector</c> of <c>node_scrape_collector_success</c>.</summary>
    string Name { get; }

    /// <summary>Families with type and help, for the metadata of the API; may grow after the first collection.</summary>
    IReadOnlyList<HostFamily> Families { get; }

    /// <summary>Adds the samples of now; false when the machine does not offer them.</summary>
    bool Collect(HostFiles files, SeriesWriter writer);
}

/// <summary>Name, type and help of a family.</summary>
internal readonly record struct HostFamily(string Name, string Type, string Help);
