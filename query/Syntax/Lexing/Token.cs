namespace Streamline.Query.Syntax.Lexing;

/// <summary>A piece of the query text.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End);
