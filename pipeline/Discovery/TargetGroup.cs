namespace Streamline.Pipeline.Discovery;

/// <summary>Targets found together, with labels that they share. <paramref name="Source"/> names the group: its provider replaces it under that name.</summary>
internal sealed record TargetGroup(string Source, IReadOnlyList<IReadOnlyDictionary<string, string>> Targets, IReadOnlyDictionary<string, string> Labels)
{
    public const string AddressLabel = "__address__";

    /// <summary>A group of plain addresses.</summary>
    public static TargetGroup Of(string source, IEnumerable<string> addresses, IReadOnlyDictionary<string, string> labels) =>
        new(source, [.. addresses.Select(address => new Dictionary<string, string> { [AddressLabel] = address })], labels);
}
