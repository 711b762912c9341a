using System.Text;
using Streamline.Query.Operators.Aggregations;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators.Binary;

/// <summary>Numbers the match groups of a binary operator; a signature is the labels by which series of both sides find each other.</summary>
internal sealed class Signatures(LabelsBuilder builder, VectorMatching matching)
{
    private readonly byte[][] _names = [.. matching.Labels.Select(Encoding.UTF8.GetBytes)];
    private readonly Dictionary<Labels, int> _numbers = [];

    /// <summary>Match groups so far.</summary>
    public int Count => _numbers.Count;

    /// <summary>Number of the series' group, a new one if need be.</summary>
    public int Add(Labels labels)
    {
        Labels signature = Of(labels);
        if (!_numbers.TryGetValue(signature, out int number)) number = _numbers[signature] = _numbers.Count;
        return number;
    }

    /// <summary>Number of the series' group, -1 if no series of the other side is in it.</summary>
    public int Find(Labels labels) => _numbers.GetValueOrDefault(Of(labels), -1);

    /// <summary>The signature.</summary>
    public Labels Of(Labels labels) =>
        matching.On ? LabelSubset.By(builder, labels, _names) : LabelSubset.Without(builder, labels, _names);
}
