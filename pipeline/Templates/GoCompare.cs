namespace Streamline.Pipeline.Templates;

/// <summary>eq, ne, lt, le, gt, ge as Go's templates compare: only values of the same basic kind, anything else is an error.</summary>
internal static class GoCompare
{
    public static bool Call(string name, object?[] a) => name switch
    {
        "eq" => EqualsAny(a),
        "ne" => !AreEqual(a[0], a[1]),
        "lt" => Less(a[0], a[1]),
        "le" => Less(a[0], a[1]) || AreEqual(a[0], a[1]),
        "gt" => !Less(a[0], a[1]) && !AreEqual(a[0], a[1]),
        _ => !Less(a[0], a[1]),
    };

    private static bool EqualsAny(object?[] a)
    {
        for (int i = 1; i < a.Length; i++)
        {
            if (AreEqual(a[0], a[i])) return true;
        }
        return false;
    }

    private static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => left is null && right is null,
        (string a, string b) => a == b,
        (long a, long b) => a == b,
        (double a, double b) => a == b,
        (bool a, bool b) => a == b,
        (TemplateDuration a, TemplateDuration b) => a == b,
        (TemplateMap or IReadOnlyList<object?>, _) or (_, TemplateMap or IReadOnlyList<object?>) => throw new TemplateException("non-comparable type"),
        _ => throw Incompatible(),
    };

    private static bool Less(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b) < 0,
        (long a, long b) => a < b,
        (double a, double b) => a < b,
        (TemplateDuration a, TemplateDuration b) => a.Nanoseconds < b.Nanoseconds,
        (bool, _) or (TemplateMap, _) => throw new TemplateException("invalid type for comparison"),
        _ => throw Incompatible(),
    };

    private static TemplateException Incompatible() => new("incompatible types for comparison");
}
