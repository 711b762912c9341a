using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Templates;

/// <summary>One expansion of a template: a walk over its nodes with a stack of variables, bounded in steps, depth and output.</summary>
internal sealed class TemplateRun(Template template, TemplateSite site)
{
    private const int MaxOutput = 1 << 20;   // characters: no receiver takes a longer text
    private const int MaxSteps = 1_000_000;  // nodes visited: a second of work at most
    private const int MaxDepth = 100;        // templates calling templates

    private readonly StringBuilder _output = new();
    private readonly List<(string Name, object? Value)> _variables = [];
    private int _steps;
    private int _depth;

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>The expanded text. Variables beyond <c>$</c> are those the template was parsed with, in the same order.</summary>
    /// <exception cref="TemplateException">A function failed, a field does not exist, or a bound was hit.</exception>
    public string Expand(object? dot, params ReadOnlySpan<(string Name, object? Value)> variables)
    {
        _variables.Add(("$", dot));
        foreach (var variable in variables) _variables.Add(variable);
        Walk(template.Root, dot);
        return _output.ToString();
    }

    private Flow Walk(TemplateNode node, object? dot)
    {
        if (++_steps > MaxSteps) throw Error(node, "the template runs too long");
        switch (node)
        {
            case TextNode text:
                Write(node, text.Text);
                return Flow.Next;
            case ActionNode action:
                object? value = Evaluate(action.Pipe, dot);
                if (action.Pipe.Variables.Count == 0) Write(node, value is null ? "<no value>" : GoValue.Text(value));
                return Flow.Next;
            case ListNode list: return WalkList(list, dot);
            case BranchNode branch: return Branch(branch, dot);
            case LeaveNode leave: return leave.IsBreak ? Flow.Break : Flow.Continue;
            case InvokeNode invoke:
                Invoke(node, invoke.Name, invoke.Pipe is null ? null : Evaluate(invoke.Pipe, dot));
                return Flow.Next;
            default: throw Error(node, "can't walk this node");
        }
    }

    private Flow WalkList(ListNode list, object? dot)
    {
        foreach (TemplateNode child in list.Nodes)
        {
            Flow flow = Walk(child, dot);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }

    private Flow Branch(BranchNode branch, object? dot)
    {
        int mark = _variables.Count;
        object? value = Evaluate(branch.Pipe, dot, declare: branch.Kind != BranchKind.Range || branch.Pipe.Variables.Count == 0);
        Flow flow = Flow.Next;
        if (branch.Kind == BranchKind.Range) Range(branch, value, dot);
        else if (GoValue.IsTrue(value)) flow = Walk(branch.Body, branch.Kind == BranchKind.With ? value : dot);
        else if (branch.Else is not null) flow = Walk(branch.Else, dot);
        Pop(mark);
        return flow;
    }

    private void Range(BranchNode branch, object? value, object? dot)
    {
        bool any = false;
        foreach (var (key, item) in Items(branch, value))
        {
            any = true;
            int mark = _variables.Count;
            SetRange(branch.Pipe, key, item);
            Flow flow = Walk(branch.Body, item);
            Pop(mark);
            if (flow == Flow.Break) break;
        }
        if (!any && branch.Else is not null) Walk(branch.Else, dot);
    }

    private IEnumerable<(object? Key, object? Item)> Items(BranchNode branch, object? value) => value switch
    {
        null => [],
        IReadOnlyList<object?> list => list.Select((item, i) => ((object?)(long)i, item)),
        TemplateMap map => map.Entries.Select(e => ((object?)e.Key, e.Value)),
        long count => Count(count),
        _ => throw Error(branch, $"range can't iterate over {GoValue.Text(value)}"),
    };

    // Lazy: MaxSteps ends a huge count.
    private static IEnumerable<(object? Key, object? Item)> Count(long count)
    {
        for (long i = 0; i < count; i++) yield return (i, i);
    }

    private void SetRange(PipeNode pipe, object? key, object? item)
    {
        if (pipe.Variables.Count == 0) return;
        if (pipe.Variables.Count == 2) Bind(pipe, pipe.Variables[0], key);
        Bind(pipe, pipe.Variables[^1], item);
    }

    private void Bind(PipeNode pipe, string name, object? value)
    {
        if (!pipe.Assigns)
        {
            _variables.Add((name, value));
            return;
        }
        int at = _variables.FindLastIndex(v => v.Name == name);
        if (at < 0) throw Error(pipe, $"undefined variable: {name}");
        _variables[at] = (name, value);
    }

    private void Invoke(TemplateNode node, string name, object? argument)
    {
        if (!template.Definitions.TryGetValue(name, out ListNode? body)) throw Error(node, $"template \"{name}\" not defined");
        if (++_depth > MaxDepth) throw Error(node, "exceeded maximum template depth");
        // The body sees its own "$" only; names of the caller below it cannot be reached because the parser refuses them.
        int mark = _variables.Count;
        _variables.Add(("$", argument));
        Walk(body, argument);
        Pop(mark);
        _depth--;
    }

    private object? Evaluate(PipeNode pipe, object? dot, bool declare = true)
    {
        object? value = null;
        for (int i = 0; i < pipe.Commands.Count; i++) value = Command(pipe.Commands[i], dot, value, piped: i > 0);
        if (declare)
        {
            foreach (string name in pipe.Variables) Bind(pipe, name, value);
        }
        return value;
    }

    private object? Command(CommandNode command, object? dot, object? last, bool piped)
    {
        if (++_steps > MaxSteps) throw Error(command, "the template runs too long");
        TemplateNode head = command.Operands[0];
        if (head is FunctionNode function) return Function(function, command, dot, last, piped);
        if (command.Operands.Count > 1 || piped) throw Error(head, $"can't give argument to non-function {Describe(head)}");
        if (head is ConstantNode { Value: null }) throw Error(head, "nil is not a command");
        return Operand(head, dot);
    }

    private object? Function(FunctionNode function, CommandNode command, object? dot, object? last, bool piped)
    {
        int given = command.Operands.Count - 1, count = given + (piped ? 1 : 0);
        if (function.Name is "and" or "or") return Logic(function, command, dot, last, piped);
        object?[] arguments = new object?[count];
        for (int i = 0; i < given; i++) arguments[i] = Operand(command.Operands[i + 1], dot);
        if (piped) arguments[^1] = last;
        try
        {
            if (function.Name == "tmpl") return Captured(function, arguments);
            return TemplateFunctions.Call(function.Name, arguments, site);
        }
        catch (TemplateException error) when (!error.Message.StartsWith("template: ", StringComparison.Ordinal))
        {
            throw Error(command, error.Message.StartsWith("wrong ", StringComparison.Ordinal) ? error.Message : $"error calling {function.Name}: {error.Message}");
        }
    }

    // Stops at the first argument that decides; the others are not evaluated.
    private object? Logic(FunctionNode function, CommandNode command, object? dot, object? last, bool piped)
    {
        int given = command.Operands.Count - 1;
        if (given == 0 && !piped) throw Error(command, $"wrong number of args for {function.Name}: want at least 1 got 0");
        object? value = null;
        for (int i = 0; i < given + (piped ? 1 : 0); i++)
        {
            value = i < given ? Operand(command.Operands[i + 1], dot) : last;
            if (GoValue.IsTrue(value) == (function.Name == "or")) break;
        }
        return value;
    }

    // tmpl "name" data: the output of a named template as a value.
    private string Captured(FunctionNode function, object?[] arguments)
    {
        TemplateFunctions.CheckArity(function.Name, arguments.Length);
        int start = _output.Length;
        Invoke(function, TemplateFunctions.Text(arguments[0]), arguments[1]);
        string text = _output.ToString(start, _output.Length - start);
        _output.Length = start;
        return text;
    }

    private object? Operand(TemplateNode node, object? dot)
    {
        if (++_steps > MaxSteps) throw Error(node, "the template runs too long");
        return node switch
        {
            ConstantNode constant => constant.Value,
            DotNode => dot,
            VariableNode variable => _variables.FindLast(v => v.Name == variable.Name).Value,
            FieldNode field => Fields(field, Operand(field.Target, dot)),
            PipeNode pipe => Evaluate(pipe, dot),
            FunctionNode function => Function(function, new CommandNode(function.Offset, [function]), dot, null, piped: false),
            _ => throw Error(node, "can't evaluate this operand"),
        };
    }

    private object? Fields(FieldNode node, object? value)
    {
        foreach (string name in node.Names) value = Field(node, value, name);
        return value;
    }

    private object? Field(FieldNode node, object? value, string name) => value switch
    {
        TemplateMap map => map[name],
        TemplateData data when data.TryField(name, out object? field) => field,
        TemplateSample sample when name == "Labels" => sample.Labels,
        TemplateSample sample when name == "Value" => sample.Value,
        TemplateDuration duration => GoMethods.Of(duration, name) ?? throw NoField(node, value, name),
        TemplateTime time => GoMethods.Of(time, name) ?? throw NoField(node, value, name),
        null => throw Error(node, $"nil data; no entry for key \"{name}\""),
        _ => throw NoField(node, value, name),
    };

    private TemplateException NoField(TemplateNode node, object? value, string name) =>
        Error(node, $"can't evaluate field {name} in type {GoValue.TypeName(value)}");

    private void Write(TemplateNode node, string text)
    {
        if (_output.Length + text.Length > MaxOutput) throw Error(node, "the text grows too long");
        _output.Append(text);
    }

    private void Pop(int mark) => _variables.RemoveRange(mark, _variables.Count - mark);

    private TemplateException Error(TemplateNode node, string message)
    {
        var (line, column) = TemplateLexer.Locate(template.Source, node.Offset);
        return new TemplateException(string.Create(CultureInfo.InvariantCulture, $"template: {template.Name}:{line}:{column}: executing \"{template.Name}\" at <{Describe(node)}>: {message}"));
    }

    private static string Describe(TemplateNode node) => node switch
    {
        CommandNode command => string.Join(' ', command.Operands.Select(Describe)),
        PipeNode pipe => $"({string.Join(" | ", pipe.Commands.Select(Describe))})",
        ActionNode action => string.Join(" | ", action.Pipe.Commands.Select(Describe)),
        BranchNode branch => string.Join(" | ", branch.Pipe.Commands.Select(Describe)),
        FieldNode { Target: DotNode } field => "." + string.Join('.', field.Names),
        FieldNode field => $"{Describe(field.Target)}.{string.Join('.', field.Names)}",
        FunctionNode function => function.Name,
        ConstantNode constant => constant.Written,
        VariableNode variable => variable.Name,
        InvokeNode invoke => $"{{{{template \"{invoke.Name}\"}}}}",
        DotNode => ".",
        _ => "template",
    };
}
