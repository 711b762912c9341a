namespace Streamline.Query.Syntax;

/// <summary>
/// A function of PromQL. The last <paramref name="Arguments"/> type may stand 0 times up to <paramref name="Variadic"/> times when that is positive, any
/// number of times when it is -1.
/// </summary>
public sealed record FunctionSignature(string Name, ValueType Returns, IReadOnlyList<ValueType> Arguments, int Variadic = 0, bool IsExperimental = false);
