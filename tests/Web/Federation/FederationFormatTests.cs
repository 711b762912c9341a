using Streamline.Web.Federation;

namespace Streamline.Web.Tests.Federation;

public sealed class FederationFormatTests
{
    private const string Text = "text/plain; version=0.0.4; charset=utf-8; escaping=";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=";
    private const string Asked = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    [Theory]
    [InlineData("", Text + "underscores")]
    [InlineData("*/*", Text + "underscores")]
    [InlineData("not an accept header, at all;;", Text + "underscores")]
    [InlineData(Asked, Protobuf + "underscores")]
    [InlineData("text/plain;version=0.0.4;q=0.2," + Asked + ";q=0.3", Protobuf + "underscores")]
    [InlineData("text/plain;version=0.0.4;q=0.4," + Asked + ";q=0.3", Text + "underscores")]
    [InlineData("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," + Asked + ";q=0.3", Protobuf + "allow-utf-8")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=values;q=0.5,text/plain;q=0.3", Text + "values")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", Text + "underscores")]
    [InlineData("application/vnd.google.protobuf;proto=other;encoding=delimited", Text + "underscores")]
    public void Of_TheFirstThatCanBeWritten(string accept, string expected) => Assert.Equal(expected, FederationFormat.Of([accept]).ContentType);
}
