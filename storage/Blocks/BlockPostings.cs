using Streamline.Storage.Encoding;
using Streamline.Storage.Index;

namespace Streamline.Storage.Blocks;

/// <summary>A block's inverted index for one selection: values are walked in one window, postings read in another.</summary>
internal sealed class BlockPostings(IndexReader index) : IPostingsSource<uint>, IDisposable
{
    private readonly FileWindow _values = index.NewWindow();
    private readonly FileWindow _lists = index.NewWindow();

    // The list of all series stands under the empty pair.
    public void AddAll(PostingsList<uint> target) => AddPair([], [], target);

    public void AddPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, PostingsList<uint> target)
    {
        if (index.TryFindPostings(_values, name, value, out long place)) index.AddPostings(_lists, place, target);
    }

    public void AddValues(LabelMatcher matcher, bool wanted, PostingsList<uint> target)
    {
        var prefix = wanted ? matcher.PrefixUtf8 : default;
        index.WalkValues(_values, matcher.NameUtf8.Span, prefix.Span, (value, place) =>
        {
            if (!value.StartsWith(prefix.Span)) return false;
            if (matcher.Matches(value) == wanted) index.AddPostings(_lists, place, target);
            return true;
        });
    }

    public void Dispose()
    {
        _values.Dispose();
        _lists.Dispose();
    }
}
