using Streamline.Conformance.Running;

namespace Streamline.Conformance;

/// <summary>Our own scripts pass wholly, everywhere.</summary>
public sealed class OwnScriptTests
{
    public static TheoryData<string> Scripts => [.. Directory.GetFiles(ScriptFolders.Own, "*.test").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_PassesWholly(string file)
    {
        List<Outcome> outcomes = await ScriptRunner.RunAsync(
            await File.ReadAllTextAsync(Path.Combine(ScriptFolders.Own, file), TestContext.Current.CancellationToken));
        Assert.NotEmpty(outcomes);
        string[] misses = [.. outcomes.Where(o => o.Kind != OutcomeKind.Passed).Select(o => o.ToString())];
        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }
}
