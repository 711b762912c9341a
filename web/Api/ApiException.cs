using Streamline.Query;

namespace Streamline.Web.Api;

/// <summary>Error types of the API, with Prometheus's names and status codes (web/api/v1).</summary>
internal enum ApiErrorType
{
    BadData,
    Execution,
    Canceled,
    Timeout,
    Internal,
    NotFound,
    Unavailable,
    NotAcceptable,
    TooManyRequests,
}

/// <summary>Ends a request with an error in Prometheus's envelope.</summary>
internal sealed class ApiException(ApiErrorType type, string message) : Exception(message)
{
    public ApiErrorType Type { get; } = type;

    public static ApiException BadParameter(string name, string reason) => new(ApiErrorType.BadData, $"invalid parameter \"{name}\": {reason}");

    public static ApiException From(QueryException error) => new(error.Kind switch
    {
        QueryErrorKind.BadData => ApiErrorType.BadData,
        QueryErrorKind.Execution => ApiErrorType.Execution,
        QueryErrorKind.Canceled => ApiErrorType.Canceled,
        QueryErrorKind.Timeout => ApiErrorType.Timeout,
    }, error.Message);
}
