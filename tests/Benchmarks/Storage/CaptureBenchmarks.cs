using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using Streamline.Storage;

namespace Streamline.Benchmarks.Storage;

/// <summary>A label's text into a replacement with groups: our machine over bytes, and .NET's non-backtracking engine with the strings it needs.</summary>
[MemoryDiagnoser]
public class CaptureBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(256);
    private readonly byte[] _text = Encoding.UTF8.GetBytes("ip-10-31-7-118.eu-central-1.compute.internal:9100");
    private CapturePattern _ours = null!;
    private Regex _net = null!;

    [Params("([^:]+):(\\d+)", "(.*)\\.(.*)\\.compute\\..*", "(.*)")]
    public string Pattern { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _ours = new CapturePattern(Pattern, "$1");
        _net = new Regex($@"\A(?s:{Pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    [Benchmark]
    public int Ours()
    {
        _output.Clear();
        _ours.TryExpand(0, _text, _output);
        return _output.WrittenCount;
    }

    [Benchmark(Baseline = true)]
    public int DotNet() => Encoding.UTF8.GetBytes(_net.Match(Encoding.UTF8.GetString(_text)).Groups[1].Value).Length;
}
