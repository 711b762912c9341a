namespace Streamline.Pipeline.Exposition;

/// <summary>What a scrape wants of a body beyond its floats.</summary>
/// <param name="NativeHistograms">Native histograms are taken; without it they are read as the classic histograms that stand beside them.</param>
/// <param name="KeepClassic">Classic buckets are taken where a native histogram stands beside them, or is made of them.</param>
/// <param name="ConvertClassic">Classic histograms become native ones with custom buckets.</param>
/// <param name="Exemplars">Exemplars are read.</param>
/// <param name="StartTimes">The times when counters began are read; in OpenMetrics the lines that say them are no samples then.</param>
/// <param name="TypeAndUnit">Type and unit of a family become labels of its series.</param>
/// <param name="Lenient">
/// Text is read as Prometheus's scrapes read it, not as its format is written down: the last line may lack its newline, a comma between labels may be missing, a label value may go over lines.
/// </param>
internal readonly record struct ExpositionOptions(bool NativeHistograms, bool KeepClassic, bool ConvertClassic, bool Exemplars, bool StartTimes, bool TypeAndUnit, bool Lenient = false);
