using System.Numerics;

namespace Streamline.Storage.Index;

/// <summary>What <see cref="PostingsSelection"/> asks of an inverted index: the head's or a block's. Every call adds whole sorted runs to the target.</summary>
internal interface IPostingsSource<T> where T : unmanaged, IComparisonOperators<T, T, bool>
{
    /// <summary>Adds every series.</summary>
    void AddAll(PostingsList<T> target);

    /// <summary>Adds the series with this pair; nothing when there is none.</summary>
    void AddPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, PostingsList<T> target);

    /// <summary>Adds, one run a value, the series whose value of the matcher's label is present and for which the matcher says <paramref name="wanted"/>.</summary>
    void AddValues(LabelMatcher matcher, bool wanted, PostingsList<T> target);
}
