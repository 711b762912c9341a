namespace Streamline.Pipeline.Config;

/// <summary>A number of bytes; 0 is no limit.</summary>
internal readonly record struct ByteSize(long Bytes)
{
    public override string ToString() => ConfigScalars.FormatSize(Bytes);
}
