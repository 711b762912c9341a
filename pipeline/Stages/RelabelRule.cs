using System.Buffers;
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
    private const int Replacement = 0, Target = 1;

    private readonly RelabelConfig _config;
    private readonly NameValidationScheme _names;
    private readonly CapturePattern _pattern;
    private readonly byte[][] _sources;
    private readonly byte[] _separator;
    private readonly byte[] _target;
    private readonly bool _isTargetFixed;

    public RelabelRule(RelabelConfig config, NameValidationScheme names)
    {
        _config = config;
        _names = names;
        _pattern = new CapturePattern(config.Regex, config.Replacement, config.TargetLabel);
        _sources = [.. config.SourceLabels.Select(Encoding.UTF8.GetBytes)];
        _separator = Encoding.UTF8.GetBytes(config.Separator);
        _target = Encoding.UTF8.GetBytes(config.TargetLabel);
        _isTargetFixed = !config.TargetLabel.Contains('$');
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
        RelabelAction.Lowercase => Set(labels, Encoding.UTF8.GetString(Source(labels)).ToLowerInvariant()),
        RelabelAction.Uppercase => Set(labels, Encoding.UTF8.GetString(Source(labels)).ToUpperInvariant()),
        RelabelAction.LabelMap => LabelMap(labels),
        RelabelAction.LabelDrop => RemoveNames(labels, matching: true),
        RelabelAction.LabelKeep => RemoveNames(labels, matching: false),
    };

    // Of one label it is the builder's own text: used up before the builder changes.
    private ReadOnlySpan<byte> Source(LabelsBuilder labels)
    {
        if (_sources.Length == 1) return labels.ValueOf(_sources[0]);
        if (_sources.Length == 0) return [];
        var joined = new ArrayBufferWriter<byte>(128);
        for (int i = 0; i < _sources.Length; i++)
        {
            if (i > 0) joined.Write(_separator);
            joined.Write(labels.ValueOf(_sources[i]));
        }
        return joined.WrittenSpan;
    }

    private bool TargetEquals(LabelsBuilder labels) => labels.ValueOf(_target).SequenceEqual(Source(labels));

    private bool Set(LabelsBuilder labels, string value)
    {
        labels.Set(_target, Encoding.UTF8.GetBytes(value));
        return true;
    }

    // No match, or a name that the result would not be allowed to have: nothing happens. An empty result removes the label.
    private bool Replace(LabelsBuilder labels)
    {
        var source = Source(labels);
        var text = new ArrayBufferWriter<byte>(64);
        if (!_pattern.TryExpand(Replacement, source, text)) return true;
        ReadOnlySpan<byte> target = _isTargetFixed ? _target : TargetOf(source);
        if (IsValidName(target)) labels.Set(target, text.WrittenSpan);
        return true;
    }

    private ReadOnlySpan<byte> TargetOf(ReadOnlySpan<byte> source)
    {
        var target = new ArrayBufferWriter<byte>(64);
        _pattern.TryExpand(Target, source, target);
        return target.WrittenSpan;
    }

    private bool IsValidName(ReadOnlySpan<byte> name) =>
        _names == NameValidationScheme.Legacy ? LabelNames.IsLegacy(name) : LabelNames.IsUtf8(name);

    [SuppressMessage("Security", "CA5351", Justification = "Prometheus's sharding is defined by MD5; nothing is secured by it.")]
    private string HashMod(LabelsBuilder labels)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(Source(labels), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash[8..]) % _config.Modulus).ToString(CultureInfo.InvariantCulture);
    }

    private bool LabelMap(LabelsBuilder labels)
    {
        var mapped = new ArrayBufferWriter<byte>(64);
        foreach (var (name, value) in Pairs(labels))
        {
            mapped.Clear();
            if (_pattern.TryExpand(Replacement, name, mapped) && mapped.WrittenCount > 0) labels.Set(mapped.WrittenSpan, value);
        }
        return true;
    }

    private bool RemoveNames(LabelsBuilder labels, bool matching)
    {
        foreach (var (name, _) in Pairs(labels))
        {
            if (_pattern.IsMatch(name) == matching) labels.Remove(name);
        }
        return true;
    }

    // A copy: the builder changes below.
    private static List<(byte[] Name, byte[] Value)> Pairs(LabelsBuilder labels)
    {
        var pairs = new List<(byte[], byte[])>(labels.Count);
        for (int i = 0; i < labels.Count; i++) pairs.Add((labels.NameAt(i).ToArray(), labels.ValueAt(i).ToArray()));
        return pairs;
    }
}
