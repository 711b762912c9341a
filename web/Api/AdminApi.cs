using System.Text.Json;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/api/v1/admin/tsdb/*</c> (reference H25): deletions and copies, only with <c>--web.enable-admin-api</c>.</summary>
internal sealed class AdminApi(ServerState state, RunSettings settings)
{
    public void Map(ApiRoutes routes)
    {
        routes.PostAndPut("admin/tsdb/delete_series", DeleteSeriesAsync);
        routes.PostAndPut("admin/tsdb/clean_tombstones", CleanTombstonesAsync);
        routes.PostAndPut("admin/tsdb/snapshot", SnapshotAsync);
    }

    // The store's work may take long and blocks: it gets a thread that no request waits for.
    private async Task DeleteSeriesAsync(HttpContext context, RequestParameters parameters)
    {
        ThrowIfDisabled();
        var selectors = parameters.Selectors();
        if (selectors.Count == 0) throw new ApiException(ApiErrorType.BadData, "no match[] parameter provided");
        var range = parameters.Range();
        await Task.Run(() => Delete(selectors, range)).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private void Delete(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, TimeRange range)
    {
        foreach (var selector in selectors) state.Host.Store.Delete(selector, range);
    }

    private async Task CleanTombstonesAsync(HttpContext context, RequestParameters parameters)
    {
        ThrowIfDisabled();
        await Task.Run(state.Host.Store.CleanTombstones).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task SnapshotAsync(HttpContext context, RequestParameters parameters)
    {
        ThrowIfDisabled();
        bool skipHead = parameters.Get("skip_head") switch
        {
            "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            var other => throw ApiException.BadParameter("skip_head", $"unable to parse boolean \"{other}\""),
        };
        string name = await Task.Run(() => state.Host.Store.Snapshot(skipHead)).ConfigureAwait(false);
        await Envelope.SuccessAsync(context, json => WriteName(json, name)).ConfigureAwait(false);
    }

    private static void WriteName(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteEndObject();
    }

    private void ThrowIfDisabled()
    {
        if (!settings.EnableAdminApi) throw new ApiException(ApiErrorType.Unavailable, "admin APIs disabled");
    }
}
