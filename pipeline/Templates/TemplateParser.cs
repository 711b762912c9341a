using System.Globalization;

namespace Streamline.Pipeline.Templates;

/// <summary>Recursive descent over the tokens of one template; scopes of variables are checked here, as Go does at parse time.</summary>
internal sealed class TemplateParser
{
    private const int MaxDepth = 200; // nesting of blocks and parentheses: far above any real template, far below the stack
    private readonly string _name;
    private readonly string _source;
    private readonly List<TemplateToken> _tokens;
    private List<string> _variables;
    private int _at;
    private int _depth;
    private int _loops;

    public TemplateParser(string name, string source, IReadOnlyList<string> variables)
    {
        (_name, _source) = (name, source);
        _tokens = new TemplateLexer(name, source).Run();
        _variables = ["$", .. variables];
    }

    public Dictionary<string, ListNode> Definitions { get; } = new(StringComparer.Ordinal);

    private TemplateToken Current => _tokens[_at];

    public ListNode Run()
    {
        var (root, end) = Items();
        if (end.Length > 0) throw Error(Current.Offset, $"unexpected {{{{{end}}}}}");
        return root;
    }

    // Reads nodes up to end of file ("") or an action that closes or continues a block (its keyword, with the keyword consumed).
    private (ListNode Nodes, string End) Items()
    {
        var nodes = new List<TemplateNode>();
        int start = Current.Offset;
        while (true)
        {
            TemplateToken token = Current;
            if (token.Kind == TemplateTokenKind.EndOfFile) return (new ListNode(start, nodes), "");
            if (token.Kind == TemplateTokenKind.Text)
            {
                nodes.Add(new TextNode(token.Offset, token.Text));
                _at++;
                continue;
            }
            if (token.Kind == TemplateTokenKind.Identifier && token.Text is "end" or "else")
            {
                _at++;
                return (new ListNode(start, nodes), token.Text);
            }
            if (Action() is { } node) nodes.Add(node);
        }
    }

    private TemplateNode? Action()
    {
        TemplateToken token = Current;
        if (token.Kind == TemplateTokenKind.ActionEnd) throw Error(token.Offset, "missing value for command");
        if (token.Kind == TemplateTokenKind.Identifier)
        {
            switch (token.Text)
            {
                case "if": return Branch(BranchKind.If);
                case "with": return Branch(BranchKind.With);
                case "range": return Branch(BranchKind.Range);
                case "break" or "continue": return Leave();
                case "template": return Invoke();
                case "block": return Block();
                case "define": return Define();
            }
        }
        var pipe = Pipeline("command", allowTwo: false);
        EndAction("command");
        return new ActionNode(token.Offset, pipe);
    }

    private BranchNode Branch(BranchKind kind)
    {
        int offset = Current.Offset;
        string context = kind.ToString().ToLowerInvariant();
        _at++;
        Enter(offset);
        int scope = _variables.Count;
        var pipe = Pipeline(context, allowTwo: kind == BranchKind.Range);
        EndAction(context);
        if (kind == BranchKind.Range) _loops++;
        var (body, end) = Items();
        if (kind == BranchKind.Range) _loops--;
        ListNode? otherwise = null;
        if (end == "else") otherwise = Else(kind);
        else if (end.Length == 0) throw Error(Current.Offset, "unexpected EOF");
        else EndAction("end");
        _variables.RemoveRange(scope, _variables.Count - scope);
        _depth--;
        return new BranchNode(offset, kind, pipe, body, otherwise);
    }

    // After "else": a plain else list up to its end, or "else if" / "else with", which is a nested branch sharing this one's end.
    private ListNode Else(BranchKind kind)
    {
        TemplateToken next = Current;
        if (next.Kind == TemplateTokenKind.Identifier && ((kind == BranchKind.If && next.Text == "if") || (kind == BranchKind.With && next.Text == "with")))
        {
            return new ListNode(next.Offset, [Branch(kind)]);
        }
        EndAction("else");
        var (nodes, end) = Items();
        if (end == "else") throw Error(Current.Offset, "expected end; found {{else}}");
        if (end.Length == 0) throw Error(Current.Offset, "unexpected EOF");
        EndAction("end");
        return nodes;
    }

    private LeaveNode Leave()
    {
        TemplateToken token = Current;
        if (_loops == 0) throw Error(token.Offset, $"{{{{{token.Text}}}}} outside {{{{range}}}}");
        _at++;
        EndAction(token.Text);
        return new LeaveNode(token.Offset, token.Text == "break");
    }

    private InvokeNode Invoke()
    {
        int offset = Current.Offset;
        _at++;
        string name = NameOf("template clause");
        PipeNode? pipe = Current.Kind == TemplateTokenKind.ActionEnd ? null : Pipeline("template clause", allowTwo: false);
        EndAction("template clause");
        return new InvokeNode(offset, name, pipe);
    }

    private InvokeNode Block()
    {
        int offset = Current.Offset;
        _at++;
        string name = NameOf("block clause");
        PipeNode pipe = Pipeline("block clause", allowTwo: false);
        EndAction("block clause");
        Definitions.TryAdd(name, Body(offset));
        return new InvokeNode(offset, name, pipe);
    }

    private TemplateNode? Define()
    {
        int offset = Current.Offset;
        if (_depth > 0) throw Error(offset, "unexpected {{define}}");
        _at++;
        string name = NameOf("define clause");
        EndAction("define clause");
        Definitions[name] = Body(offset);
        return null;
    }

    // The body of a definition sees only "$", which is its own argument.
    private ListNode Body(int offset)
    {
        var (outer, loops) = (_variables, _loops);
        (_variables, _loops) = (["$"], 0);
        Enter(offset);
        var (nodes, end) = Items();
        if (end != "end") throw Error(Current.Offset, end.Length == 0 ? "unexpected EOF" : "unexpected {{else}} in define clause");
        EndAction("end");
        _depth--;
        (_variables, _loops) = (outer, loops);
        return nodes;
    }

    private string NameOf(string context)
    {
        TemplateToken token = Current;
        if (token.Kind != TemplateTokenKind.String) throw Unexpected(token, context);
        _at++;
        return token.Text;
    }

    private PipeNode Pipeline(string context, bool allowTwo)
    {
        int offset = Current.Offset;
        var declared = new List<string>();
        bool assigns = false;
        if (Current.Kind == TemplateTokenKind.Variable) assigns = Declarations(declared, context, allowTwo);
        var commands = new List<CommandNode>();
        while (true)
        {
            commands.Add(Command(context, first: commands.Count == 0));
            if (Current.Kind != TemplateTokenKind.Pipe) break;
            _at++;
        }
        if (!assigns) _variables.AddRange(declared);
        return new PipeNode(offset, declared, assigns, commands);
    }

    private bool Declarations(List<string> declared, string context, bool allowTwo)
    {
        TemplateTokenKind next = _tokens[_at + 1].Kind;
        if (next is TemplateTokenKind.Declare or TemplateTokenKind.Assign)
        {
            declared.Add(Current.Text);
        }
        else if (next == TemplateTokenKind.Comma && _tokens[_at + 2].Kind == TemplateTokenKind.Variable
            && _tokens[_at + 3].Kind is TemplateTokenKind.Declare or TemplateTokenKind.Assign)
        {
            if (!allowTwo) throw Error(Current.Offset, $"too many declarations in {context}");
            declared.AddRange([Current.Text, _tokens[_at + 2].Text]);
            _at += 2;
        }
        else
        {
            return false;
        }
        bool assigns = _tokens[_at + 1].Kind == TemplateTokenKind.Assign;
        if (assigns) declared.ForEach(name => CheckVariable(name, Current.Offset));
        _at += 2;
        return assigns;
    }

    private CommandNode Command(string context, bool first)
    {
        var operands = new List<TemplateNode>();
        int offset = Current.Offset;
        while (Operand() is { } operand) operands.Add(operand);
        TemplateToken token = Current;
        if (token.Kind is not (TemplateTokenKind.ActionEnd or TemplateTokenKind.Pipe or TemplateTokenKind.RightParen)) throw Unexpected(token, context);
        if (operands.Count == 0) throw Error(token.Offset, $"missing value for {context}");
        if (!first && operands[0] is ConstantNode or DotNode) throw Error(offset, "non executable command in pipeline");
        return new CommandNode(offset, operands);
    }

    private TemplateNode? Operand()
    {
        TemplateNode? term = Term();
        if (term is null) return null;
        List<string>? names = null;
        while (Current.Kind == TemplateTokenKind.Field && !Current.SpaceBefore)
        {
            (names ??= []).Add(Current.Text);
            _at++;
        }
        if (Current is { Kind: TemplateTokenKind.Dot, SpaceBefore: false }) throw Error(Current.Offset, "unexpected <.> in operand");
        if (names is null) return term;
        if (term is ConstantNode constant) throw Error(term.Offset, $"unexpected . after term \"{constant.Written}\"");
        return term is FieldNode field ? field with { Names = [.. field.Names, .. names] } : new FieldNode(term.Offset, term, names);
    }

    private TemplateNode? Term()
    {
        TemplateToken token = Current;
        switch (token.Kind)
        {
            case TemplateTokenKind.Dot: return Take(new DotNode(token.Offset));
            case TemplateTokenKind.Field: return Take(new FieldNode(token.Offset, new DotNode(token.Offset), [token.Text]));
            case TemplateTokenKind.String: return Take(new ConstantNode(token.Offset, token.Text, $"\"{token.Text}\""));
            case TemplateTokenKind.Char: return Take(new ConstantNode(token.Offset, (long)char.ConvertToUtf32(token.Text, 0), token.Text));
            case TemplateTokenKind.Number: return Take(new ConstantNode(token.Offset, NumberOf(token), token.Text));
            case TemplateTokenKind.Variable:
                CheckVariable(token.Text, token.Offset);
                return Take(new VariableNode(token.Offset, token.Text));
            case TemplateTokenKind.LeftParen: return Parenthesised();
            case TemplateTokenKind.Identifier: return Take(Identifier(token));
            default: return null;
        }
    }

    private TemplateNode Identifier(TemplateToken token) => token.Text switch
    {
        "true" => new ConstantNode(token.Offset, true, token.Text),
        "false" => new ConstantNode(token.Offset, false, token.Text),
        "nil" => new ConstantNode(token.Offset, null, token.Text),
        _ when TemplateFunctions.IsKnown(token.Text) => new FunctionNode(token.Offset, token.Text),
        _ => throw Error(token.Offset, $"function \"{token.Text}\" not defined"),
    };

    private PipeNode Parenthesised()
    {
        int offset = Current.Offset;
        Enter(offset);
        _at++;
        var pipe = Pipeline("parenthesized pipeline", allowTwo: false);
        if (Current.Kind != TemplateTokenKind.RightParen) throw Error(Current.Offset, "unclosed left paren");
        _at++;
        _depth--;
        return pipe;
    }

    private T Take<T>(T node)
    {
        _at++;
        return node;
    }

    private object NumberOf(TemplateToken token)
    {
        string text = token.Text.Replace("_", "", StringComparison.Ordinal);
        if (TryInteger(text, out long integer)) return integer;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) return number;
        throw Error(token.Offset, $"bad number syntax: \"{token.Text}\"");
    }

    private static bool TryInteger(string text, out long value)
    {
        bool negative = text[0] == '-';
        ReadOnlySpan<char> digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return Signed(long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value), ref value, negative);
        if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase)) return Signed(long.TryParse(digits[2..], NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value), ref value, negative);
        return Signed(long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value), ref value, negative);
    }

    private static bool Signed(bool parsed, ref long value, bool negative)
    {
        if (negative) value = -value;
        return parsed;
    }

    private void CheckVariable(string name, int offset)
    {
        if (!_variables.Contains(name)) throw Error(offset, $"undefined variable \"{name}\"");
    }

    private void EndAction(string context)
    {
        if (Current.Kind != TemplateTokenKind.ActionEnd) throw Unexpected(Current, context);
        _at++;
    }

    private void Enter(int offset)
    {
        if (++_depth > MaxDepth) throw Error(offset, "template nests too deeply");
    }

    private TemplateException Unexpected(TemplateToken token, string context) =>
        Error(token.Offset, token.Kind switch
        {
            TemplateTokenKind.EndOfFile => "unexpected EOF",
            TemplateTokenKind.ActionEnd => $"unexpected \"}}}}\" in {context}",
            TemplateTokenKind.RightParen => $"unexpected right paren in {context}",
            _ => $"unexpected \"{token.Text}\" in {context}",
        });

    private TemplateException Error(int offset, string message) =>
        new(string.Create(CultureInfo.InvariantCulture, $"template: {_name}:{TemplateLexer.Locate(_source, offset).Line}: {message}"));
}
