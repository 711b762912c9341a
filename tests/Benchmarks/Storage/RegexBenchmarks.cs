using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using Streamline.Storage.Matching;

namespace Streamline.Benchmarks.Storage;

/// <summary>Matching of label values: building an expression of 2,000 alternatives, and a thousand values against a usual one, .NET's engine beside it.</summary>
[MemoryDiagnoser]
public class RegexBenchmarks
{
    private const string Usual = "host-[0-9]+[.](?:eu|us)-[a-z]+[.]example[.]org:9100";
    private readonly string _alternatives = $"(?:{string.Join('|', Enumerable.Range(0, 2000).Select(i => $"host-{i * 7919 % 100_003:x}"))})[:.][0-9]+";

    private readonly ValuePattern _ours = ValuePattern.Compile(Usual);
    private readonly Regex _dotNet = new($@"\A(?:{Usual})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    private readonly byte[][] _values = [.. Enumerable.Range(0, 1000).Select(i => Encoding.UTF8.GetBytes($"host-{i}.{(i % 3 == 0 ? "ap" : "eu")}-west.example.org:9100"))];

    /// <summary>Parsing and building.</summary>
    [Benchmark]
    public object BuildTwoThousandAlternatives() => ValuePattern.Compile(_alternatives);

    /// <summary>Building and the first value: a dozen states are made.</summary>
    [Benchmark]
    public bool BuildTwoThousandAlternativesAndMatch() => ValuePattern.Compile(_alternatives).IsMatch("host-1eef:9100"u8);

    /// <summary>Two thirds of them match.</summary>
    [Benchmark(OperationsPerInvoke = 1000)]
    public int MatchValues()
    {
        int matched = 0;
        foreach (byte[] value in _values) matched += _ours.IsMatch(value) ? 1 : 0;
        return matched;
    }

    /// <summary>The same with .NET's non-backtracking engine, which reads UTF-16.</summary>
    [Benchmark(OperationsPerInvoke = 1000)]
    public int MatchValuesDotNet()
    {
        int matched = 0;
        Span<char> text = stackalloc char[128];
        foreach (byte[] value in _values) matched += _dotNet.IsMatch(text[..Encoding.UTF8.GetChars(value, text)]) ? 1 : 0;
        return matched;
    }
}
