using System.Buffers;
using Streamline.Storage.Matching;

namespace Streamline.Storage;

/// <summary>
/// A user's regular expression with replacements: RE2's syntax, anchored at both ends, dot matches newline, RE2's preference among matches. Whether a text matches is asked of the
/// same automaton as in selectors; groups are looked for only where a replacement names them. Thread safe.
/// </summary>
public sealed class CapturePattern
{
    // Groups of a pattern that users write; more are noted in an array of their own.
    private const int FewSlots = 16;

    private readonly ValuePattern _pattern;
    private readonly CaptureTemplate[] _templates;
    private readonly ByteProgram? _program;
    private readonly int[] _places;

    // A machine for whoever comes next; a second caller at the same time makes its own.
    private CaptureMachine? _spare;

    /// <exception cref="FormatException">Not an expression; the message says why.</exception>
    public CapturePattern(string pattern, params IReadOnlyList<string> replacements)
    {
        _pattern = ValuePattern.Compile(pattern);
        var groups = new List<string?>();
        var node = RegexParser.ParseCaptures(pattern, groups);
        _templates = [.. replacements.Select(r => new CaptureTemplate(r, groups))];
        _places = [.. _templates.SelectMany(t => t.Groups).Where(g => g > 0).Distinct()];
        var texts = node is RegexNode.Sequence sequence ? sequence.Items.Where(i => i is not RegexNode.Anchor).ToArray() : [node];
        IsWhole = texts is [RegexNode.Capture { Index: 1 }] && _places is [1];
        if (_places.Length > 0 && !IsWhole) _program = ByteProgramBuilder.Build(node, _places);
    }

    // The only group is the text, as in (.*) and ^(.*)$.
    private bool IsWhole { get; }

    /// <summary>Whether the whole text matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text) => _pattern.IsMatch(text);

    /// <summary>Writes one of the replacements, filled from the text; false, and nothing written, when the whole text does not match.</summary>
    public bool TryExpand(int replacement, ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (!_pattern.IsMatch(text)) return false;
        int slots = 2 * _places.Length;
        Span<int> captures = slots <= FewSlots ? stackalloc int[FewSlots] : new int[slots];
        captures = captures[..slots];
        if (IsWhole) (captures[0], captures[1]) = (0, text.Length);
        else if (_program is { } program) Match(program, text, captures);
        _templates[replacement].Expand(text, captures, _places, output);
        return true;
    }

    private void Match(ByteProgram program, ReadOnlySpan<byte> text, Span<int> captures)
    {
        var machine = Interlocked.Exchange(ref _spare, null) ?? new CaptureMachine(program, captures.Length);
        machine.TryMatch(text, captures);
        Volatile.Write(ref _spare, machine);
    }
}
