using Streamline.Query;

namespace Streamline.Web.Api;

/// <summary>Puts handlers under <c>/api/v1/</c>: reads the parameters, turns the typed exceptions into the envelope in this one place.</summary>
internal sealed partial class ApiRoutes(IEndpointRouteBuilder routes, ILogger logger)
{
    private static readonly string[] GetOnly = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] GetPost = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];
    private static readonly string[] PostPut = [HttpMethods.Post, HttpMethods.Put];

    // Paths without a variable part: another method on one of them is 405, not an unknown endpoint.
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public delegate Task Handler(HttpContext context, RequestParameters parameters);

    public void Get(string path, Handler handler) => Map(path, GetOnly, Guarded(handler));

    public void GetAndPost(string path, Handler handler) => Map(path, GetPost, Guarded(handler));

    public void PostAndPut(string path, Handler handler) => Map(path, PostPut, Guarded(handler));

    /// <summary>A receiver: it reads the body itself, so no form is parsed.</summary>
    public void Post(string path, RequestDelegate handler) => Map(path, [HttpMethods.Post], Guarded(handler));

    /// <summary>Whatever else is asked of the API is an error of the API, not a page.</summary>
    public void MapUnknown() => routes.Map("/api/{**rest}", Guarded(context =>
    {
        if (!_paths.Contains(context.Request.Path.Value ?? "")) throw new ApiException(ApiErrorType.NotFound, $"no such endpoint: {context.Request.Path}");
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{context.Request.Path} does not answer {context.Request.Method}\n", context.RequestAborted);
    }));

    private void Map(string path, string[] methods, RequestDelegate handler)
    {
        _paths.Add("/api/v1/" + path);
        routes.MapMethods("/api/v1/" + path, methods, handler);
    }

    private RequestDelegate Guarded(Handler handler) =>
        Guarded(async context => await handler(context, await RequestParameters.ReadAsync(context).ConfigureAwait(false)).ConfigureAwait(false));

    private RequestDelegate Guarded(RequestDelegate handler) => async context =>
    {
        try
        {
            await handler(context).ConfigureAwait(false);
        }
        catch (ApiException error)
        {
            await Envelope.ErrorAsync(context, error.Type, error.Message).ConfigureAwait(false);
        }
        catch (QueryException error)
        {
            await Envelope.ErrorAsync(context, ApiException.From(error).Type, error.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            await Envelope.ErrorAsync(context, ApiErrorType.Canceled, "context canceled").ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogFailed(error, context.Request.Path);
            await Envelope.ErrorAsync(context, ApiErrorType.Internal, error.Message).ConfigureAwait(false);
        }
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "request {Path} failed")]
    private partial void LogFailed(Exception error, string path);
}
