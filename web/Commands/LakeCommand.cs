using System.CommandLine;
using Streamline.Pipeline;
using Streamline.Storage;

namespace Streamline.Web.Commands;

/// <summary><c>streamline lake export</c>: brings blocks and head into Parquet files on demand, beside a running server or without one.</summary>
internal static class LakeCommand
{
    public static Command Build()
    {
        var config = new Option<string>("--config.file") { Description = "Configuration with the parquet sinks: ./pipeline.yaml, then ./prometheus.yml when not given." };
        var data = new Option<string>("--storage.tsdb.path") { Description = "Data directory, of a stopped or a running server.", DefaultValueFactory = _ => "data/" };
        var to = new Option<string>("--to") { Description = "Write everything, each sample once, into this empty or new folder instead of the sinks' lakes." };
        var export = new Command("export", "Export blocks and head to Parquet.") { config, data, to };
        export.SetAction((parsed, cancellation) => Export(
            new LakeExportOptions { ConfigFile = ConfigFileOf(parsed.GetValue(config)), DataPath = parsed.GetValue(data)!, To = parsed.GetValue(to) }, cancellation));
        return new Command("lake", "The data lake.") { export };
    }

    private static async Task<int> Export(LakeExportOptions options, CancellationToken cancellation)
    {
        try
        {
            foreach (var lake in LakeExport.Run(options, cancellation)) await Console.Out.WriteLineAsync(TextOf(lake)).ConfigureAwait(false);
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or StorageCorruptionException or OperationCanceledException)
        {
            throw new UsageException(error.Message);
        }
    }

    private static string TextOf(LakeExportResult lake)
    {
        string hot = lake.HotRows > 0 ? $", {lake.HotRows} rows of the head in {Path.Combine(lake.Path, "hot")}" : "";
        string unreadable = (lake.Histograms > 0 ? $"; {lake.Histograms} native histograms left out" : "")
            + (lake.UnreadableChunks > 0 ? $"; {lake.UnreadableChunks} chunks of unknown encodings left out" : "");
        return $"{lake.Path}: {lake.Rows} rows in {lake.Files} files, {lake.Bytes} bytes{hot}{unreadable}";
    }

    private static string? ConfigFileOf(string? given) => given ?? Array.Find(["pipeline.yaml", "prometheus.yml"], File.Exists);
}
