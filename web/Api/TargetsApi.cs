using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/targets</c> and <c>/api/v1/scrape_pools</c> (reference H15, H16).</summary>
internal sealed class TargetsApi(ServerState state)
{
    public void Map(ApiRoutes routes) => routes.Get("targets", TargetsAsync);

    private Task TargetsAsync(HttpContext context, RequestParameters parameters)
    {
        _ = state.Host;
        return Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("activeTargets"u8);
            json.WriteEndArray();
            json.WriteStartArray("droppedTargets"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
