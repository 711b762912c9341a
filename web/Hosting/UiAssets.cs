using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.StaticFiles;

namespace Streamline.Web.Hosting;

/// <summary>The built user interface, embedded in the assembly as <c>ui/...</c>. Files with a hash in their name are cached for ever by browsers.</summary>
internal sealed class UiAssets
{
    private const string Prefix = "ui/";

    // What programs ask a Prometheus for beside its API and what is not built here: the page would look like a success to them.
    private static readonly FrozenSet<string> NotPages = FrozenSet.Create(StringComparer.Ordinal, "-", "api", "consoles", "debug", "user", "version");

    private readonly FrozenDictionary<string, Asset> _assets;

    private sealed record Asset(byte[] Body, string ContentType, bool Immutable);

    public UiAssets()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var types = new FileExtensionContentTypeProvider();
        _assets = assembly.GetManifestResourceNames()
            .Where(name => name.Replace('\\', '/').StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name.Replace('\\', '/')[Prefix.Length..], name => Load(assembly, name, types));
    }

    /// <summary>Whether the assembly was built with the interface.</summary>
    public bool IsPresent => _assets.ContainsKey("index.html");

    /// <summary>Answers with a file of the interface, or with its page for a path of the single-page application.</summary>
    public Task ServeAsync(HttpContext context)
    {
        string path = (context.Request.Path.Value ?? "").TrimStart('/');
        // The page is for people: a wrong method or a wrong endpoint must not look like a success to a program.
        bool isPage = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!isPage || NotPages.Contains(path.Split('/')[0])) return NotFoundAsync(context);
        if (_assets.TryGetValue(path, out var asset)) return SendAsync(context, asset);
        if (Path.HasExtension(path) || !_assets.TryGetValue("index.html", out var page)) return NotFoundAsync(context);
        return SendAsync(context, page);
    }

    private static Task SendAsync(HttpContext context, Asset asset)
    {
        var headers = context.Response.Headers;
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = asset.Body.Length;
        headers.CacheControl = asset.Immutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(asset.Body, context.RequestAborted).AsTask();
    }

    private Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(IsPresent ? "not found\n" : "not found (this build has no user interface: it was built with -p:SkipUi=true)\n", context.RequestAborted);
    }

    private static Asset Load(Assembly assembly, string name, FileExtensionContentTypeProvider types)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        byte[] body = new byte[stream.Length];
        stream.ReadExactly(body);
        string type = types.TryGetContentType(name, out string? known) ? known : "application/octet-stream";
        if (type is "text/html" or "text/css" or "text/javascript") type += "; charset=utf-8";
        return new Asset(body, type, name.Contains("assets/", StringComparison.Ordinal));
    }
}
