using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>One compiled relabelling step (model/relabel in Prometheus gives the meaning of each action).</summary>
internal sealed class RelabelRule
{
    private readonly RelabelConfig _config;
    private readonly NameValidationScheme _names;
    private readonly Re2Pattern _pattern;
    private readonly byte[][] _sources;
    private readonly byte[] _separator;
    private readonly byte[] _target;

    public RelabelRule(RelabelConfig config, NameValidationScheme names)
    {
        _config = config;
        _names = names;
        _pattern = new Re2Pattern(config.Regex);
        _sources = [.. config.SourceLabels.Select(Encoding.UTF8.GetBytes)];
        _separator = Encoding.UTF8.GetBytes(config.Separator);
        _target = Encoding.UTF8.GetBytes(config.TargetLabel);
    }

    /// <summary>Runs the step; false drops the series or target.</summary>
    public bool Keep(LabelsBuilder labels) => _config.Action switch
    {
        RelabelAction.Keep => _pattern.IsMatch(Source(labels)),
        RelabelAction.Drop => !_pattern.IsMatch(Source(labels)),
        RelabelAction.KeepEqual => TargetEquals(labels),
        RelabelAction.DropEqual => !TargetEquals(labels),
        RelabelAction.Replace => Replace(labels),
        RelabelAction.HashMod => Set(labels, HashMod(labels)),
        RelabelAction.Lowercase => Set(labels, Source(labels).ToLowerInvariant()),
        RelabelAction.Uppercase => Set(labels, Source(labels).ToUpperInvariant()),
        RelabelAction.LabelMap => LabelMap(labels),
        RelabelAction.LabelDrop => RemoveNames(labels, matching: true),
        RelabelAction.LabelKeep => RemoveNames(labels, matching: false),
    };

    private string Source(LabelsBuilder labels) => Encoding.UTF8.GetString(SourceBytes(labels));

    private byte[] SourceBytes(LabelsBuilder labels)
    {
        var joined = new System.Buffers.ArrayBufferWriter<byte>(64);
        for (int i = 0; i < _sources.Length; i++)
        {
            if (i > 0) System.Buffers.BuffersExtensions.Write(joined, _separator);
            System.Buffers.BuffersExtensions.Write(joined, labels.ValueOf(_sources[i]));
        }
        return joined.WrittenSpan.ToArray();
    }

    private bool TargetEquals(LabelsBuilder labels) => labels.ValueOf(_target).SequenceEqual(SourceBytes(labels));

    private bool Set(LabelsBuilder labels, string value)
    {
        labels.Set(_target, Encoding.UTF8.GetBytes(value));
        return true;
    }

    // No match, or a name that the result would not be allowed to have: nothing happens. An empty result removes the label.
    private bool Replace(LabelsBuilder labels)
    {
        var match = _pattern.Find(Source(labels));
        if (match is null) return true;
        byte[] target = Encoding.UTF8.GetBytes(_pattern.Expand(_config.TargetLabel, match));
        if (!IsValidName(target)) return true;
        labels.Set(target, Encoding.UTF8.GetBytes(_pattern.Expand(_config.Replacement, match)));
        return true;
    }

    private bool IsValidName(ReadOnlySpan<byte> name) =>
        _names == NameValidationScheme.Legacy ? LabelNames.IsLegacy(name) : LabelNames.IsUtf8(name);

    [SuppressMessage("Security", "CA5351", Justification = "Prometheus's sharding is defined by MD5; nothing is secured by it.")]
    private string HashMod(LabelsBuilder labels)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(SourceBytes(labels), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash[8..]) % _config.Modulus).ToString(CultureInfo.InvariantCulture);
    }

    private bool LabelMap(LabelsBuilder labels)
    {
        foreach (var (name, value) in Pairs(labels))
        {
            var match = _pattern.Find(name);
            if (match is null) continue;
            string mapped = _pattern.Expand(_config.Replacement, match);
            if (mapped.Length > 0) labels.Set(Encoding.UTF8.GetBytes(mapped), value);
        }
        return true;
    }

    private bool RemoveNames(LabelsBuilder labels, bool matching)
    {
        foreach (var (name, _) in Pairs(labels))
        {
            if (_pattern.IsMatch(name) == matching) labels.Remove(Encoding.UTF8.GetBytes(name));
        }
        return true;
    }

    // A copy: the builder changes below.
    private static List<(string Name, byte[] Value)> Pairs(LabelsBuilder labels)
    {
        var pairs = new List<(string, byte[])>(labels.Count);
        for (int i = 0; i < labels.Count; i++) pairs.Add((Encoding.UTF8.GetString(labels.NameAt(i)), labels.ValueAt(i).ToArray()));
        return pairs;
    }
}
