using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline;

/// <summary>
/// Judges metrics as a target would give them: OpenMetrics against every rule of its specification, the text format as a scrape reads it, and both against the
/// conventions of names. For people and their builds; scrapes stay as lenient as Prometheus is.
/// </summary>
public static class ExpositionCheck
{
    /// <summary>Checks a whole body. Without a format it is OpenMetrics if a line says <c># EOF</c>. Without conventions only errors are told.</summary>
    public static ExpositionReport Run(ReadOnlySpan<byte> body, bool? openMetrics = null, bool conventions = true)
    {
        bool strict = openMetrics ?? HasEnd(body);
        var findings = new Findings(conventions);
        var families = strict ? CheckOpenMetrics(body, findings) : TextCheck.Run(body, findings);
        return findings.Report(strict, [.. families.Select(f => new ExpositionFamily(f.Name, f.Series))]);
    }

    private static IEnumerable<Family> CheckOpenMetrics(ReadOnlySpan<byte> body, Findings findings)
    {
        var book = new FamilyBook(findings);
        new OpenMetricsCheck(body, findings, book).Run();
        return book.Families;
    }

    private static bool HasEnd(ReadOnlySpan<byte> body)
    {
        foreach (var line in body.Split((byte)'\n'))
        {
            if (body[line].TrimEnd((byte)'\r').SequenceEqual("# EOF"u8)) return true;
        }
        return false;
    }
}
