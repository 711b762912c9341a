using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>One group of host metrics: what node_exporter's collector of the same purpose gives.</summary>
internal interface IHostCollector
{
    /// <summary>Families with type and help, for the metadata of the API; may grow after the first collection, and is read meanwhile.</summary>
    IEnumerable<HostFamily> Families { get; }

    /// <summary>Adds the samples of now; false when the machine does not offer them (<c>node_scrape_collector_success</c>).</summary>
    bool Collect(HostFiles files, SeriesWriter writer);
}
