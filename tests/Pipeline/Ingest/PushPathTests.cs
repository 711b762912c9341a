using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Tests.Ingest;

public sealed class PushPathTests
{
    [Theory]
    [InlineData("/metrics/job/a", "job=a")]
    [InlineData("/metrics/job/a/", "job=a")]
    [InlineData("/metrics/job/a/x/", "job=a x=")]
    [InlineData("/metrics/job/a/x/y/", null, "the path is not /metrics/job/NAME{/LABEL/VALUE}")]
    [InlineData("/metrics/job//", null, "job name is required")]
    [InlineData("/metrics/job/a/instance/b:9/x/y", "job=a instance=b:9 x=y")]
    [InlineData("/metrics/job/a%2Fb%20c", "job=a/b c")]
    [InlineData("/metrics/job@base64/YS9i", "job=a/b")]
    [InlineData("/metrics/job@base64/YS9i/path@base64/L3Zhci90bXA", "job=a/b path=/var/tmp")]
    [InlineData("/metrics/job/a/path@base64/L3Zhci90bXA=", "job=a path=/var/tmp")]
    [InlineData("/metrics/job/a/name@base64/4pyT_-8", null, "the value of label \"name\" is not UTF-8 text in base64url")]
    [InlineData("/metrics/job/a/name@base64/4pyT", "job=a name=\u2713")]
    [InlineData("/metrics/job/a/empty@base64/=", "job=a empty=")]
    [InlineData("/metrics/job/a?replace=1", "job=a")]
    [InlineData("/metrics/job/a/job/b", "job=a")]
    [InlineData("/metrics/job/a/x/1/y/2/x/3", "job=a x=3 y=2")]
    [InlineData("/metrics/job/a/x/%e2%9c%93%25", "job=a x=\u2713%")]
    [InlineData("/metrics/job/a/x/%ff", null, "\"x/%ff\" is not UTF-8 text with escapes of two digits")]
    [InlineData("/metrics/job/a/x/%4", null, "\"x/%4\" is not UTF-8 text with escapes of two digits")]
    [InlineData("/metrics/job/a/x/%4g", null, "\"x/%4g\" is not UTF-8 text with escapes of two digits")]
    [InlineData("/metrics/job/a/b-c/d", null, "\"b-c\" is not a label name that may be pushed")]
    [InlineData("/metrics/job/a/__b/d", null, "\"__b\" is not a label name that may be pushed")]
    [InlineData("/metrics/job/a/b", null, "the path is not /metrics/job/NAME{/LABEL/VALUE}")]
    [InlineData("/metrics/instance/a", null, "the path is not /metrics/job/NAME{/LABEL/VALUE}")]
    [InlineData("/metrics", null, "the path is not /metrics/job/NAME{/LABEL/VALUE}")]
    [InlineData("/metrics/job@base64/=", null, "job name is required")]
    [InlineData("/metrics/job@base64/a!", null, "the value of label \"job\" is not UTF-8 text in base64url")]
    public void Parse(string path, string? labels, string error = "")
    {
        var found = PushPath.Parse(path, out string reason);
        Assert.Equal(labels, found is null ? null : string.Join(' ', found.Select(l => $"{l.Key}={l.Value}")));
        Assert.Equal(error, reason);
    }
}
