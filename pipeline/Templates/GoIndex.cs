using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Templates;

/// <summary>len, index and slice over strings (bytes, as in Go), lists and maps.</summary>
internal static class GoIndex
{
    public static object Length(object? value) => value switch
    {
        string text => (long)Encoding.UTF8.GetByteCount(text),
        TemplateMap map => (long)map.Entries.Count,
        IReadOnlyList<object?> list => (long)list.Count,
        null => throw new TemplateException("len of nil pointer"),
        _ => throw new TemplateException($"len of type {GoValue.TypeName(value)}"),
    };

    public static object? Index(object?[] a)
    {
        object? current = a[0];
        for (int i = 1; i < a.Length; i++) current = Step(current, a[i]);
        return current;
    }

    public static object Slice(object?[] a)
    {
        int length = a[0] switch
        {
            string text => Encoding.UTF8.GetByteCount(text),
            IReadOnlyList<object?> list => list.Count,
            _ => throw new TemplateException($"can't slice item of type {GoValue.TypeName(a[0])}"),
        };
        if (a.Length == 4 && a[0] is string) throw new TemplateException("cannot 3-index slice a string");
        int from = a.Length > 1 ? At(a[1], length + 1) : 0;
        int to = a.Length > 2 ? At(a[2], length + 1) : length;
        if (from > to) throw new TemplateException(string.Create(CultureInfo.InvariantCulture, $"invalid slice index: {from} > {to}"));
        if (a[0] is IReadOnlyList<object?> items) return items.Skip(from).Take(to - from).ToList();
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes((string)a[0]!), from, to - from);
    }

    private static object? Step(object? value, object? index) => value switch
    {
        string text => (long)Encoding.UTF8.GetBytes(text)[At(index, Encoding.UTF8.GetByteCount(text))],
        IReadOnlyList<object?> list => list[At(index, list.Count)],
        TemplateMap map => map[TemplateFunctions.Text(index)],
        null => throw new TemplateException("index of untyped nil"),
        _ => throw new TemplateException($"can't index item of type {GoValue.TypeName(value)}"),
    };

    private static int At(object? index, int bound)
    {
        if (index is not long at) throw new TemplateException($"cannot index slice/array with type {GoValue.TypeName(index)}");
        if (at < 0 || at >= bound) throw new TemplateException(string.Create(CultureInfo.InvariantCulture, $"index out of range: {at}"));
        return (int)at;
    }
}
