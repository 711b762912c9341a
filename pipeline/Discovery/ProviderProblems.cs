namespace Streamline.Pipeline.Discovery;

/// <summary>
/// What keeps a provider from its targets, for the job's page: the last failure of each of its parts (a file, a service, a watch) until the part works again. Thread safe.
/// </summary>
internal sealed class ProviderProblems(string mechanism)
{
    // What is shown is one line; a server that fails for a thousand services fails for one reason.
    private const int MaxParts = 100;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    /// <summary>One line, or null while everything works.</summary>
    public string? Line
    {
        get
        {
            lock (_lock)
            {
                if (_reasons.Count == 0) return null;
                var (part, reason) = _reasons.First();
                string more = _reasons.Count > 1 ? $" (and {_reasons.Count - 1} more)" : "";
                return $"{mechanism}_sd_configs: {(part.Length > 0 ? part + ": " : "")}{reason.ReplaceLineEndings(" ")}{more}";
            }
        }
    }

    /// <summary>A part has failed; the empty name stands for a provider of one part.</summary>
    public void Failed(string part, string reason)
    {
        lock (_lock)
        {
            if (_reasons.Count < MaxParts || _reasons.ContainsKey(part)) _reasons[part] = reason;
        }
    }

    /// <summary>A part works, or is there no more.</summary>
    public void Worked(string part)
    {
        lock (_lock) _reasons.Remove(part);
    }
}
