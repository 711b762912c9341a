namespace Streamline.Storage.Matching;

/// <summary>What an instruction does.</summary>
internal enum ByteOp : byte
{
    /// <summary>Reads a byte and goes where its ranges say: <c>First</c> and <c>Count</c> name edges.</summary>
    Byte,

    /// <summary>Goes to all targets without reading: <c>First</c> and <c>Count</c> name targets.</summary>
    Split,

    /// <summary>Goes on where an anchor holds: <c>First</c> is the next instruction, <c>Count</c> the <see cref="AnchorKind"/>.</summary>
    Assert,

    /// <summary>Notes the place: <c>First</c> is the next instruction, <c>Count</c> where it is noted. Only in programs that are built with captures.</summary>
    Save,

    /// <summary>The end of the expression.</summary>
    Match,
}

/// <summary>One instruction.</summary>
internal readonly record struct ByteInstruction(ByteOp Op, int First, int Count);

/// <summary>A range of bytes and the instruction behind it.</summary>
internal readonly record struct ByteEdge(byte Low, byte High, int Next);

/// <summary>An expression as a non-deterministic automaton over the bytes of UTF-8. Immutable.</summary>
internal sealed class ByteProgram
{
    public required ByteInstruction[] Instructions { get; init; }

    public required ByteEdge[] Edges { get; init; }

    public required int[] Targets { get; init; }

    public required int Start { get; init; }

    /// <summary>Whether there are anchors at all: without, a state needs not know what byte came before it.</summary>
    public required bool HasAnchors { get; init; }

    /// <summary>The class of each byte: those of one class go everywhere the same way.</summary>
    public required byte[] ClassOf { get; init; }

    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>Some byte of each class.</summary>
    public required byte[] Sample { get; init; }

    /// <summary>Where a byte leads, -1 for nowhere.</summary>
    public int Next(in ByteInstruction instruction, byte value)
    {
        foreach (ref readonly ByteEdge edge in Edges.AsSpan(instruction.First, instruction.Count))
        {
            if (value < edge.Low) break;
            if (value <= edge.High) return edge.Next;
        }
        return -1;
    }

    /// <summary>Whether an anchor holds between two bytes; -1 stands for the end of the text on either side.</summary>
    public static bool Holds(AnchorKind kind, int before, int after) => kind switch
    {
        AnchorKind.TextStart => before < 0,
        AnchorKind.TextEnd => after < 0,
        AnchorKind.LineStart => before < 0 || before == '\n',
        AnchorKind.LineEnd => after < 0 || after == '\n',
        AnchorKind.WordBoundary => IsWord(before) != IsWord(after),
        AnchorKind.NotWordBoundary => IsWord(before) == IsWord(after),
    };

    /// <summary>RE2's word characters are ASCII's.</summary>
    public static bool IsWord(int value) => value is >= '0' and <= '9' or >= 'A' and <= 'Z' or '_' or >= 'a' and <= 'z';
}
