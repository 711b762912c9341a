using System.Reflection;

namespace Streamline.Web.Tests.Architecture;

/// <summary>
/// What a project offers the others is a list that is read when it changes: tests/Web/Architecture/PublicSurface.txt. A type that is not the door or in
/// its signatures should be internal.
/// </summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void PublicTypes_AreThoseListed()
    {
        var found = new[] { "Streamline.Storage", "Streamline.Query", "Streamline.Pipeline", "streamline" }
            .SelectMany(name => Assembly.Load(name).GetExportedTypes().Select(t => $"{name}: {t.FullName}"))
            .Where(line => !line.EndsWith(": Program", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        string listed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Architecture", "PublicSurface.txt")).ReplaceLineEndings("\n").TrimEnd();
        Assert.Equal(listed, string.Join('\n', found));
    }
}
