using Streamline.Query.Engine;
using Streamline.Query.Kernels;

namespace Streamline.Query.Operators.Binary;

/// <summary>What <c>fill</c> needs: per match group the steps at which each side has any series, and a column of the value that stands for a missing one.</summary>
internal sealed class FilledSides(QueryAccount account, int steps, int groups) : IDisposable
{
    private readonly int _words = Presence.Words(steps);
    private readonly ulong[] _many = account.MakeMask(steps, groups);
    private readonly ulong[] _one = account.MakeMask(steps, groups);
    private readonly SeriesColumn _constant = account.RentColumn(steps);

    /// <summary>Steps at which the many side has a series of the group.</summary>
    public Span<ulong> ManyPresent(int group) => _many.AsSpan(group * _words, _words);

    /// <summary>Steps at which the one side has a series of the group.</summary>
    public Span<ulong> OnePresent(int group) => _one.AsSpan(group * _words, _words);

    /// <summary>A column with one value at every step, good until the next call.</summary>
    public SeriesColumn Constant(double value)
    {
        _constant.Fill(value);
        return _constant;
    }

    /// <inheritdoc/>
    public void Dispose() => account.Return(_constant);
}
