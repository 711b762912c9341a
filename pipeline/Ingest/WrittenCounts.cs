namespace Streamline.Pipeline;

/// <summary>Samples, histograms and exemplars that a request left in the store.</summary>
public readonly record struct WrittenCounts(int Samples, int Histograms, int Exemplars);
