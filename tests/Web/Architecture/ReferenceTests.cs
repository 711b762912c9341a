using System.Reflection;

namespace Streamline.Web.Tests.Architecture;

/// <summary>References run one way only: storage, query, pipeline, web.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Order = ["Streamline.Storage", "Streamline.Query", "Streamline.Pipeline", "streamline"];

    [Theory]
    [InlineData("Streamline.Storage")]
    [InlineData("Streamline.Query")]
    [InlineData("Streamline.Pipeline")]
    [InlineData("streamline")]
    public void References_RunOneWay(string assembly)
    {
        int own = Array.IndexOf(Order, assembly);
        var wrong = Assembly.Load(assembly).GetReferencedAssemblies().Where(r => Array.IndexOf(Order, r.Name) >= own).Select(r => r.Name);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Storage_KnowsNoHttpAndNoYaml()
    {
        var references = Assembly.Load("Streamline.Storage").GetReferencedAssemblies().Select(r => r.Name!);
        Assert.DoesNotContain(references, r => r.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || r.StartsWith("System.Net.Http", StringComparison.Ordinal) || r == "YamlDotNet");
    }
}
