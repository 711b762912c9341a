namespace Streamline.Pipeline.Config;

/// <summary>A list of strings that may be written as a single scalar.</summary>
internal sealed class OneOrMany(IReadOnlyList<string> items)
{
    public static readonly OneOrMany None = new([]);

    public IReadOnlyList<string> Items { get; } = items;
}
