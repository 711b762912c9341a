using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/pipeline</c>: the dataflow graph with its counters, for the Pipeline page.</summary>
internal sealed class PipelineApi(ServerState state)
{
    public void Map(ApiRoutes routes) => routes.Get("pipeline", GraphAsync);

    private Task GraphAsync(HttpContext context, RequestParameters parameters)
    {
        var graph = state.Host.Graph();
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("nodes"u8);
            foreach (var node in graph.Nodes)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, node.Id);
                json.WriteString("kind"u8, node.Kind);
                json.WriteString("pipeline"u8, node.Pipeline);
                json.WriteString("name"u8, node.Name);
                json.WriteStartObject("details"u8);
                foreach (var (name, value) in node.Details) json.WriteString(name, value);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("edges"u8);
            foreach (var edge in graph.Edges)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, edge.Id);
                json.WriteString("from"u8, edge.From);
                json.WriteString("to"u8, edge.To);
                json.WriteNumber("batches"u8, edge.Batches);
                json.WriteNumber("samples"u8, edge.Samples);
                json.WriteNumber("queue"u8, edge.Queue);
                json.WriteNumber("capacity"u8, edge.Capacity);
                json.WriteNumber("blockedSeconds"u8, edge.BlockedSeconds);
                json.WriteStartObject("dropped"u8);
                foreach (var (reason, count) in edge.Dropped) json.WriteNumber(reason, count);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
