using System.Text;

namespace Streamline.Storage.Head;

/// <summary>Label names and values of the head. Without matchers they come from the postings, else from the matching series.</summary>
internal static class HeadLabels
{
    public static void AddNames(SeriesTable table, IReadOnlyList<LabelMatcher> matchers, SortedSet<string> target)
    {
        if (matchers.Count == 0)
        {
            foreach (var index in table.Postings.All)
            {
                if (index.HasValues) target.Add(index.NameText);
            }
            return;
        }
        foreach (int slot in HeadSelection.Slots(table, matchers))
        {
            ReadOnlySpan<byte> labels = table.LabelsAt(slot);
            while (!labels.IsEmpty)
            {
                target.Add(Text.GetString(LabelsEncoding.Read(ref labels)));
                LabelsEncoding.Read(ref labels);
            }
        }
    }

    public static void AddValues(SeriesTable table, string name, IReadOnlyList<LabelMatcher> matchers, SortedSet<string> target)
    {
        byte[] nameUtf8 = Text.GetBytes(name);
        if (matchers.Count == 0)
        {
            table.Postings.Find(nameUtf8)?.ForEach((value, _) => target.Add(Text.GetString(value)));
            return;
        }
        foreach (int slot in HeadSelection.Slots(table, matchers))
        {
            var value = HeadSelection.ValueOf(table.LabelsAt(slot), nameUtf8);
            if (!value.IsEmpty) target.Add(Text.GetString(value));
        }
    }

    private static UTF8Encoding Text { get; } = new(false);
}
