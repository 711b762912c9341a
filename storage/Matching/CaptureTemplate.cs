using System.Buffers;
using System.Globalization;
using System.Text;

namespace Streamline.Storage.Matching;

/// <summary>
/// A replacement in the language of Go's <c>Regexp.Expand</c>: <c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>${name}</c>, <c>$$</c>. The longest name wins, unknown ones are
/// empty, a dollar that begins no reference is itself.
/// </summary>
internal sealed class CaptureTemplate
{
    private readonly List<(byte[] Text, int Group)> _parts = [];

    /// <param name="template">As written.</param>
    /// <param name="groups">The groups' names, null for one without.</param>
    public CaptureTemplate(string template, IReadOnlyList<string?> groups)
    {
        var text = new StringBuilder();
        for (int at = 0; at < template.Length;)
        {
            if (template[at] != '$') text.Append(template[at++]);
            else if (at + 1 < template.Length && template[at + 1] == '$') (at, _) = (at + 2, text.Append('$'));
            else if (NameAt(template, at) is not { } name) (at, _) = (at + 1, text.Append('$'));
            else
            {
                at = name.End;
                int group = GroupOf(template[name.Start..name.Stop], groups);
                if (group < 0) continue;
                AddText(text);
                _parts.Add(([], group));
            }
        }
        AddText(text);
    }

    /// <summary>The groups referred to.</summary>
    public IEnumerable<int> Groups => _parts.Where(p => p.Group >= 0).Select(p => p.Group).Distinct();

    /// <summary>Writes the replacement; <paramref name="captures"/> has begin and end of a group at twice its place in <paramref name="places"/>.</summary>
    public void Expand(ReadOnlySpan<byte> text, ReadOnlySpan<int> captures, ReadOnlySpan<int> places, IBufferWriter<byte> output)
    {
        foreach (var (literal, group) in _parts)
        {
            if (group < 0) output.Write(literal);
            else if (group == 0) output.Write(text);
            else if (captures[2 * places.IndexOf(group)] is >= 0 and var start) output.Write(text[start..captures[2 * places.IndexOf(group) + 1]]);
        }
    }

    private void AddText(StringBuilder text)
    {
        if (text.Length > 0) _parts.Add((System.Text.Encoding.UTF8.GetBytes(text.ToString()), -1));
        text.Clear();
    }

    // Where the name at a dollar begins, stops, and where its reference ends; null for none.
    private static (int Start, int Stop, int End)? NameAt(string template, int dollar)
    {
        bool braced = dollar + 1 < template.Length && template[dollar + 1] == '{';
        int start = dollar + (braced ? 2 : 1), stop = start;
        while (stop < template.Length && Rune.DecodeFromUtf16(template.AsSpan(stop), out var rune, out int length) == OperationStatus.Done && IsWord(rune)) stop += length;
        if (stop == start || (braced && (stop == template.Length || template[stop] != '}'))) return null;
        return (start, stop, braced ? stop + 1 : stop);
    }

    private static bool IsWord(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber;

    // As in Go, 01 is no number; it may be a name.
    private static int GroupOf(string name, IReadOnlyList<string?> groups)
    {
        bool isNumber = name.Length < 10 && name.All(char.IsAsciiDigit) && (name.Length == 1 || name[0] != '0');
        if (!isNumber) return Enumerable.Range(0, groups.Count).FirstOrDefault(i => groups[i] == name, -2) + 1;
        int number = int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);
        return number <= groups.Count ? number : -1;
    }
}
