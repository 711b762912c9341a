using Microsoft.Net.Http.Headers;

namespace Streamline.Web.Federation;

/// <summary>What a scraper of <c>/federate</c> gets: text 0.0.4 unless it asks for delimited protobuf before that (common/expfmt, Negotiate).</summary>
internal readonly record struct FederationFormat(bool IsProtobuf, NameEscaping Escaping)
{
    public string ContentType => (IsProtobuf
        ? "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
        : "text/plain; version=0.0.4; charset=utf-8") + "; escaping=" + Escaping.Word();

    /// <summary>Of an Accept header. What it says of escaping counts, whether its format is one of ours or not, until one of them is.</summary>
    public static FederationFormat Of(IList<string> accept)
    {
        var escaping = NameEscaping.Underscores;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var types)) return new FederationFormat(false, escaping);
        foreach (var type in types.OrderByDescending(t => t.Quality ?? 1))
        {
            escaping = NameEscapings.Parse(Parameter(type, "escaping")) ?? escaping;
            if (IsDelimited(type)) return new FederationFormat(true, escaping);
            if (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && Parameter(type, "version") is "" or "0.0.4") return new FederationFormat(false, escaping);
        }
        return new FederationFormat(false, escaping);
    }

    private static bool IsDelimited(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/vnd.google.protobuf", StringComparison.OrdinalIgnoreCase)
        && Parameter(type, "proto") == "io.prometheus.client.MetricFamily" && Parameter(type, "encoding") == "delimited";

    private static string Parameter(MediaTypeHeaderValue type, string name) =>
        HeaderUtilities.RemoveQuotes(type.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value ?? default).ToString();
}
