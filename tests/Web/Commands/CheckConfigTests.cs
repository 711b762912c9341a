using Streamline.Web.Commands;

namespace Streamline.Web.Tests.Commands;

/// <summary><c>streamline check config</c>.</summary>
[Collection("console")]
public sealed class CheckConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("scrape_configs: [{job_name: a, dns_sd_configs: [{names: [x]}]}]", 0, "")]
    [InlineData("scrape_configs: [{job_name: a, dns_sd_configs: [{names: [x], type: A}]}]", 2, "dns_sd_configs[0].port: \"port\" is needed for all records but SRV")]
    [InlineData("scrape_configs: [{job_name: a, openstack_sd_configs: [{region: r, role: instance}]}]", 2, "service discovery by openstack is not built yet: no targets come from it")]
    [InlineData("scrape_configs: [{job_name: a, http_sd_configs: [{url: 'http://h', refresh_interval: 0s}]}]", 2, "\"refresh_interval\" must be above 0")]
    public void Discovery(string text, int exit, string error)
    {
        string file = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(file, text);
        var printed = new StringWriter();
        var before = Console.Error;
        Console.SetError(printed);
        try
        {
            Assert.Equal(exit, CheckCommand.Build().Parse(["config", file]).Invoke());
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.Contains(error, printed.ToString(), StringComparison.Ordinal);
        Assert.Equal(exit == 0, printed.ToString().Length == 0);
    }
}
