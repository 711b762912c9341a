using System.Text;
using System.Text.Unicode;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Walks an OpenMetrics body line by line and tells every fault of its syntax; what a line means goes to the <see cref="FamilyBook"/>. A line that is broken is
/// told and left, the walk goes on with the next.
/// </summary>
internal ref partial struct OpenMetricsCheck(ReadOnlySpan<byte> body, Findings findings, FamilyBook book)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly SampleLine _sample = new();

    // The line without its end, and its number.
    private ReadOnlySpan<byte> _line;
    private int _number;
    private bool _toldReturn;

    public void Run()
    {
        int at = _body.StartsWith("\uFEFF"u8) ? 3 : 0;
        if (at > 0) findings.Error(new Place(1, 1), "the body begins with a byte order mark: write UTF-8 without one");
        bool ended = false;
        while (at < _body.Length && !ended)
        {
            _number++;
            int length = _body[at..].IndexOf((byte)'\n');
            _line = length < 0 ? _body[at..] : _body.Slice(at, length);
            at += _line.Length + (length < 0 ? 0 : 1);
            CutReturn();
            ended = _line.SequenceEqual("# EOF"u8);
            if (!ended) ReadLine();
        }
        if (!ended) findings.Error(new Place(_number + (_body.EndsWith((byte)'\n') || _body.IsEmpty ? 1 : 0), 1), "the body ends without # EOF: it may have been cut; write # EOF as the last line");
        else if (at < _body.Length) findings.Error(new Place(_number + 1, 1), "something follows # EOF: it must be the last line");
        book.End();
    }

    private void CutReturn()
    {
        if (!_line.EndsWith((byte)'\r')) return;
        if (!_toldReturn) Error(_line.Length - 1, "the line ends in a carriage return (told once): end lines with a line feed alone");
        _toldReturn = true;
        _line = _line[..^1];
    }

    private void ReadLine()
    {
        if (_line.IsEmpty) Error(0, "empty line: OpenMetrics has none; remove it");
        else if (_line.Length > ExpositionReader.MaxLineBytes) Error(0, "the line is longer than 1 MiB: no scrape would take it");
        else if (!Utf8.IsValid(_line)) Error(FirstInvalid(_line), "bytes that are no UTF-8: write text as UTF-8");
        else if (_line[0] == '#') ReadMetadata();
        else if (!ReadSample()) book.Spoil();
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out int consumed) == System.Buffers.OperationStatus.Done) at += consumed;
        return at;
    }

    private readonly Place PlaceOf(int offset) => Place.Of(_number, _line, offset);

    // False, so that a reader of a part can end with it.
    private readonly bool Error(int offset, string text)
    {
        findings.Error(PlaceOf(offset), text);
        return false;
    }
}
