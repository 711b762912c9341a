using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>Where the samples of one raw series go: to a handle, or nowhere with a reason. Found once per new (source, raw series).</summary>
internal readonly record struct Route(SeriesHandle Handle, DropReason Dropped)
{
    public static Route To(SeriesHandle handle) => new(handle, DropReason.None);

    public static Route Drop(DropReason reason) => new(default, reason);

    public bool IsDropped => Dropped != DropReason.None;
}
