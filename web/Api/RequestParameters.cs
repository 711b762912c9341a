using System.Globalization;
using Microsoft.Extensions.Primitives;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Web.Api;

/// <summary>Parameters of an API call: the form body of a POST and the URL's query together, the body first, as Go's Request.Form has them.</summary>
internal sealed class RequestParameters
{
    // Prometheus prints these for its oldest and newest times and takes them back (web/api/v1: minTimeFormatted, maxTimeFormatted).
    private const string MinTime = "-292273086-05-16T16:47:06Z", MaxTime = "+292277025-08-18T07:12:54.999999999Z";

    private readonly IFormCollection? _form;
    private readonly IQueryCollection _query;

    private RequestParameters(IFormCollection? form, IQueryCollection query) => (_form, _query) = (form, query);

    public static async Task<RequestParameters> ReadAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.HasFormContentType) return new(null, context.Request.Query);
        try
        {
            return new(await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false), context.Request.Query);
        }
        catch (Exception error) when (error is InvalidDataException or BadHttpRequestException)
        {
            throw new ApiException(ApiErrorType.BadData, $"error parsing form values: {error.Message}");
        }
    }

    /// <summary>First value or empty.</summary>
    public string Get(string name)
    {
        if (_form is not null && _form.TryGetValue(name, out var posted) && posted.Count > 0) return posted[0] ?? "";
        return _query.TryGetValue(name, out var value) && value.Count > 0 ? value[0] ?? "" : "";
    }

    /// <summary>All values, body first.</summary>
    public IReadOnlyList<string> All(string name)
    {
        var all = new List<string>();
        if (_form is not null && _form.TryGetValue(name, out var posted)) all.AddRange(posted.OfType<string>());
        if (_query.TryGetValue(name, out StringValues value)) all.AddRange(value.OfType<string>());
        return all;
    }

    /// <summary>A time in ms: Unix seconds with fraction, or RFC 3339.</summary>
    public long? Time(string name)
    {
        string text = Get(name);
        if (text.Length == 0) return null;
        return TryTime(text, out long ms) ? ms : throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a valid timestamp");
    }

    public long RequiredTime(string name) => Time(name) ?? throw ApiException.BadParameter(name, "cannot parse \"\" to a valid timestamp");

    /// <summary>A duration in ms: seconds with fraction, or Prometheus's form.</summary>
    public long? Duration(string name)
    {
        string text = Get(name);
        if (text.Length == 0) return null;
        return TryDuration(text, out long ms) ? ms : throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a valid duration");
    }

    public int Limit(string name = "limit")
    {
        string text = Get(name);
        if (text.Length == 0) return 0;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit)) return limit;
        throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a non-negative number");
    }

    public TimeRange Range()
    {
        long start = Time("start") ?? long.MinValue, end = Time("end") ?? long.MaxValue;
        if (end < start) throw ApiException.BadParameter("end", "end timestamp must not be before start time");
        return new TimeRange(start, end);
    }

    /// <summary>The series selectors of <c>match[]</c>, each a list of matchers.</summary>
    public IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors()
    {
        var selectors = new List<IReadOnlyList<LabelMatcher>>();
        foreach (string text in All("match[]"))
        {
            try
            {
                if (PromqlParser.Parse(text) is not VectorSelector selector) throw ApiException.BadParameter("match[]", $"\"{text}\" is not a series selector");
                selectors.Add(selector.Matchers);
            }
            catch (PromqlSyntaxException error)
            {
                throw ApiException.BadParameter("match[]", error.Message);
            }
        }
        return selectors;
    }

    public static bool TryTime(string text, out long ms)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && double.IsFinite(seconds) && Math.Abs(seconds) < 9.2e15)
        {
            ms = (long)Math.Round(seconds * 1000);
            return true;
        }
        ms = text switch { MinTime => long.MinValue, MaxTime => long.MaxValue, _ => 0 };
        if (ms != 0) return true;
        bool isDate = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && text.Contains('T');
        ms = isDate ? at.ToUnixTimeMilliseconds() : 0;
        return isDate;
    }

    public static bool TryDuration(string text, out long ms)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && double.IsFinite(seconds) && Math.Abs(seconds) < 9.2e15)
        {
            ms = (long)Math.Round(seconds * 1000);
            return true;
        }
        return DurationText.TryParse(text, out ms);
    }
}
