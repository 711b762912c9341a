using Streamline.Pipeline;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/schema</c>: the JSON schema of pipeline.yaml as a document of its own, so that an editor can take it from a running server.</summary>
internal static class SchemaApi
{
    public static void Map(WebApplication app) => app.MapGet("/api/v1/schema", context =>
    {
        context.Response.ContentType = "application/schema+json";
        return context.Response.WriteAsync(ConfigLoader.Schema(), context.RequestAborted);
    });
}
