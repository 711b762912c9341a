namespace Streamline.Pipeline.Templates;

/// <summary>Kinds of tokens. Text stands outside actions; an action is a run of tokens ended by <see cref="ActionEnd"/>.</summary>
internal enum TemplateTokenKind
{
    Text,
    ActionEnd,
    Identifier,
    Field,
    Variable,
    Dot,
    String,
    Number,
    Char,
    LeftParen,
    RightParen,
    Pipe,
    Declare,
    Assign,
    Comma,
    EndOfFile,
}

/// <summary>
/// A token with its place. Text is the decoded value of strings, the bare name of fields and the written text of all others. SpaceBefore tells whether
/// white space stands before it: <c>.A.B</c> is one chain, <c>.A .B</c> are two operands.
/// </summary>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Offset, bool SpaceBefore);
