namespace Streamline.Pipeline.Host.Network;

/// <summary>A line of names and the families of its columns: the names of a kernel stay what they are, so that only the values are looked at.</summary>
internal sealed class NetstatLine
{
    private byte[] _names = [];
    private HostFamily?[] _families = [];

    /// <summary>The family of each column, null where it is not taken.</summary>
    public ReadOnlySpan<HostFamily?> FamiliesOf(ReadOnlySpan<byte> names, LearnedFamilies families)
    {
        if (names.SequenceEqual(_names)) return _families;
        _names = names.ToArray();
        return _families = Learn(names, families);
    }

    private static HostFamily?[] Learn(ReadOnlySpan<byte> names, LearnedFamilies families)
    {
        var found = new List<HostFamily?>();
        var reader = new FieldReader(names);
        _ = reader.NextLine();
        string protocol = System.Text.Encoding.UTF8.GetString(reader.Field().TrimEnd(":"u8));
        for (var name = reader.Field(); !name.IsEmpty; name = reader.Field()) found.Add(families[$"{protocol}_{System.Text.Encoding.UTF8.GetString(name)}"]);
        return [.. found];
    }
}
