namespace Streamline.Pipeline.Templates;

/// <summary>A node of a parsed template; <paramref name="Offset"/> is its place in the source.</summary>
internal abstract record TemplateNode(int Offset);

internal sealed record TextNode(int Offset, string Text) : TemplateNode(Offset);

internal sealed record ListNode(int Offset, IReadOnlyList<TemplateNode> Nodes) : TemplateNode(Offset);

/// <summary>A pipeline written out, or only assigned when it declares.</summary>
internal sealed record ActionNode(int Offset, PipeNode Pipe) : TemplateNode(Offset);

internal enum BranchKind
{
    If,
    With,
    Range,
}

internal sealed record BranchNode(int Offset, BranchKind Kind, PipeNode Pipe, ListNode Body, ListNode? Else) : TemplateNode(Offset);

internal sealed record LeaveNode(int Offset, bool IsBreak) : TemplateNode(Offset);

internal sealed record InvokeNode(int Offset, string Name, PipeNode? Pipe) : TemplateNode(Offset);

/// <summary>Commands joined by <c>|</c>, each result the last argument of the next; may declare or assign variables.</summary>
internal sealed record PipeNode(int Offset, IReadOnlyList<string> Variables, bool Assigns, IReadOnlyList<CommandNode> Commands) : TemplateNode(Offset);

internal sealed record CommandNode(int Offset, IReadOnlyList<TemplateNode> Operands) : TemplateNode(Offset);

internal sealed record FunctionNode(int Offset, string Name) : TemplateNode(Offset);

internal sealed record ConstantNode(int Offset, object? Value, string Written) : TemplateNode(Offset);

internal sealed record DotNode(int Offset) : TemplateNode(Offset);

internal sealed record VariableNode(int Offset, string Name) : TemplateNode(Offset);

/// <summary>Fields after an operand: <c>.A.B</c> (target is the dot), <c>$x.A</c>, <c>(pipe).A</c>.</summary>
internal sealed record FieldNode(int Offset, TemplateNode Target, IReadOnlyList<string> Names) : TemplateNode(Offset);
