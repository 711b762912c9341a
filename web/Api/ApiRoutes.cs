using Streamline.Query;

namespace Streamline.Web.Api;

/// <summary>Puts handlers under <c>/api/v1/</c>: reads the parameters, turns the typed exceptions into the envelope in this one place.</summary>
internal sealed partial class ApiRoutes(IEndpointRouteBuilder routes, ILogger logger)
{
    private static readonly string[] GetOnly = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] GetPost = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];
    private static readonly string[] PostPut = [HttpMethods.Post, HttpMethods.Put];

    public delegate Task Handler(HttpContext context, RequestParameters parameters);

    public void Get(string path, Handler handler) => routes.MapMethods("/api/v1/" + path, GetOnly, Guarded(handler));

    public void GetAndPost(string path, Handler handler) => routes.MapMethods("/api/v1/" + path, GetPost, Guarded(handler));

    public void PostAndPut(string path, Handler handler) => routes.MapMethods("/api/v1/" + path, PostPut, Guarded(handler));

    private RequestDelegate Guarded(Handler handler) => async context =>
    {
        try
        {
            await handler(context, await RequestParameters.ReadAsync(context).ConfigureAwait(false)).ConfigureAwait(false);
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
