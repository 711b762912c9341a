namespace Streamline.Pipeline.Config;

/// <summary>A place in a file; line and column count from 1, 0 when unknown.</summary>
internal readonly record struct ConfigPosition(string File, int Line, int Column)
{
    public static readonly ConfigPosition None = new("", 0, 0);
}
